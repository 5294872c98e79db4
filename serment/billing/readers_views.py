"""« Qui lit mes comptes »: a practitioner opens them to a colleague, or closes them to a helper."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.billing import perms
from serment.vault.ids import decode


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def page(request: Any) -> HttpResponse:
    """404 for who has no accounts of their own."""
    if not request.person.practitioner_id:
        raise Http404
    if request.method == "POST":
        allowed = set()
        for text in request.POST.getlist("reader"):
            with suppress(ValueError):
                allowed.add(decode(text))
        changed = perms.share(author=request.person, allowed=allowed)
        messages.success(request, "Lecture de vos comptes réglée." if changed else "Rien n’a changé.")
        return redirect("billing:readers")
    people = perms.readers(request.person.practitioner_id)
    context = {
        "colleagues": [(person, reads) for person, reads in people if not perms.reads_by_rule(person)],
        "helpers": [(person, reads) for person, reads in people if perms.reads_by_rule(person)],
    }
    return render(request, "billing/readers.html", context)
