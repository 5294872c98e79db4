"""Search: names travel in the body of a POST, never in an address (E-WEB-2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients import panels, selectors


@requires("patients.view")
@require_GET
def patient_list(request: Any) -> HttpResponse:
    hits = selectors.recent(keyring=request.keyring)
    return render(request, "patients/list.html", {"hits": _with_links(request, hits)})


def _with_links(request: Any, hits: list[selectors.PatientHit]) -> list[tuple[selectors.PatientHit, str]]:
    return [(hit, panels.home_of(request, hit.id)) for hit in hits]


def journalled_search(request: Any, text: str, limit: int = 20) -> list[selectors.PatientHit]:
    """Search, and note that one was made: its kinds and how many were found, never its text."""
    hits, query = selectors.search(keyring=request.keyring, text=text, limit=limit)
    if query.kinds:
        journal.record("patient.searched", details={"kinds": query.kinds, "count": len(hits)})
    return hits


@requires("patients.view")
@require_POST
def search(request: Any) -> HttpResponse:
    text = request.POST.get("q", "")[:100]
    hits = journalled_search(request, text)
    context = {"hits": _with_links(request, hits), "text": text}
    return render(request, "patients/results.html", context)


@requires("patients.view")
@require_POST
def pick(request: Any) -> HttpResponse:
    """Choices for a form of another room: radio buttons named « patient »."""
    text = request.POST.get("q", "")[:100]
    hits = journalled_search(request, text, limit=8) if len(text.strip()) >= 2 else []
    return render(request, "patients/pick.html", {"hits": hits, "text": text})
