"""Settings: the words that the practice does not want in its records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.record import watched
from serment.record.models import WatchedWord
from serment.record.services import Refused


class WordForm(forms.Form):
    text = forms.CharField(label="Mot ou expression", min_length=3, max_length=60)
    reason = forms.CharField(
        label="Pourquoi", max_length=120, required=False, help_text="dit à qui l’écrit, à côté du champ"
    )


@requires("practice.settings")
@require_http_methods(["GET", "POST"])
def words(request: Any) -> HttpResponse:
    """The list, a word to add; « proposee » takes the list that is shipped."""
    taking = request.POST.get("action") == "proposee"
    form, status = WordForm(request.POST if request.method == "POST" and not taking else None), 200
    if request.method == "POST":
        status = 422
        if taking or form.is_valid():
            given = (
                watched.proposed() if taking else [(form.cleaned_data["text"], form.cleaned_data["reason"])]
            )
            try:
                count = watched.add(author=request.person, words=given)
                messages.success(
                    request, f"Mots ajoutés\u00a0: {count}." if count else "Ce mot était déjà dans la liste."
                )
                return redirect("record:watched_words")
            except Refused as error:
                form.add_error("text" if not taking else None, str(error))
    context = {
        "form": form,
        "words": WatchedWord.objects.order_by("reason", "folded"),
        "proposed": watched.proposed(),
    }
    return render(request, "record/watched_words.html", context, status=status)


@requires("practice.settings")
@require_POST
def withdraw(request: Any, word_id: int) -> HttpResponse:
    watched.withdraw(word=get_object_or_404(WatchedWord.objects.all(), pk=word_id))
    messages.success(request, "Mot retiré.")
    return redirect("record:watched_words")
