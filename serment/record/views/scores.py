"""Tests answered with the patient, and the tests that the practice defines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import perms, questionnaires, scores, services
from serment.record.models import Questionnaire


@requires("record.write")
@require_http_methods(["GET", "POST"])
def score(request: Any, patient_id: int, code: str) -> HttpResponse:
    """One test, item by item; the total is computed here."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    definition = questionnaires.find(code)
    if definition is None:
        raise Http404
    error, status = "", 200
    answers = [request.POST.get(f"item-{place}", "") for place in range(len(definition.items))]
    if request.method == "POST":
        status = 422
        try:
            payload = definition.read(_points(answers), request.POST.get("note", "")[:300])
            services.add_entry(
                keyring=request.keyring,
                author=request.person,
                patient_id=patient_id,
                kind="score",
                payload=payload,
            )
            messages.success(request, "Test gardé au dossier.")
            return redirect("record:prevention", patient_id)
        except ValueError as refused:
            error = str(refused)
    context = patient_context(request, patient_id, "prevention") | {
        "definition": definition,
        "items": [(place, item, answers[place]) for place, item in enumerate(definition.items)],
        "error": error,
        "note": request.POST.get("note", ""),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "score"})
    return render(request, "record/score.html", context, status=status)


def _points(answers: list[str]) -> list[int]:
    if any(not is_digits(answer.removeprefix("-")) or len(answer) > 4 for answer in answers):
        raise ValueError("Répondez à chaque item.")
    return [int(answer) for answer in answers]


class QuestionnaireForm(forms.ModelForm):
    class Meta:
        model = Questionnaire
        fields = ("title", "source", "items", "bands")
        widgets = {"items": forms.Textarea({"rows": 10}), "bands": forms.Textarea({"rows": 4})}
        help_texts = {
            "source": "l’outil d’origine, sa référence, le droit de s’en servir",
            "items": "un par ligne : « orientation dans le temps | 5 » (points au plus), ou "
            "« marche seul | 0 non ; 1 avec aide ; 2 oui »",
            "bands": "une par ligne : « 24 : normal » (à partir de ce total)",
        }

    def clean_items(self) -> str:
        return _checked(self.cleaned_data["items"], scores.parse_items)

    def clean_bands(self) -> str:
        return _checked(self.cleaned_data["bands"], scores.parse_bands)


def _checked(text: str, parse: Any) -> str:
    try:
        parse(text)
    except scores.BadDefinition as error:
        raise forms.ValidationError(str(error)) from None
    return text


@requires("record.write")
@require_http_methods(["GET", "POST"])
def practice_tests(request: Any, code: str = "") -> HttpResponse:
    """The practice's own tests; ``code`` names the one to change. Answers given before keep their own items."""
    row = questionnaires.row_of(code) if code else None
    if code and row is None:
        raise Http404
    form, status = QuestionnaireForm(request.POST or None, instance=row), 200
    if request.method == "POST" and request.POST.get("retire") == "1" and row is not None:
        questionnaires.retire(author=request.person, row=row)
        messages.success(request, "Test retiré. Les réponses déjà au dossier restent.")
        return redirect("record:questionnaires")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                questionnaires.keep(author=request.person, row=row, **form.cleaned_data)
                messages.success(request, "Test gardé\u00a0: il est proposé dans l’onglet Prévention.")
                return redirect("record:questionnaires")
            except scores.BadDefinition as error:
                form.add_error("title", str(error))
    context = {"form": form, "row": row, "own": [d for d in questionnaires.offered() if d.own]}
    return render(request, "record/questionnaires.html", context, status=status)
