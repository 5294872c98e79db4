"""The tests and computations at hand for a patient: those of their age and sex first, what was found before."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import drafts, formulas, gestation, perms, questionnaires, selectors

CHILDBEARING = (10, 60)
ADULT = 18


@requires("record.write")
@require_GET
def tests(request: Any, patient_id: int) -> HttpResponse:
    """All of them on one page; the way back to the consultation when one is being written."""
    perms.patient_or_404(patient_id)
    past = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="score")
    journal.record("record.viewed", subject_id=patient_id, details={"what": "tests"})
    context = patient_context(request, patient_id, "record")
    context |= at_hand(context["card"]) | {
        "past": past,
        "draft": drafts.find(person=request.person, patient_id=patient_id),
    }
    return render(request, "record/tests.html", context)


def at_hand(card: Any) -> dict[str, Any]:
    """The tests and computations for this age and sex; ``other_…``: the others, that stay at hand."""
    age = card.age_years
    offered = questionnaires.offered()
    low, high = formulas.SCORE2_AGES
    pages = [
        ("record:kidney", "Fonction rénale", age >= ADULT),
        ("record:risk", "SCORE2", low <= age <= high),
    ]
    if gestation.is_offered(card.identity.sex):
        pages.append(("record:pregnancy", "Grossesse", CHILDBEARING[0] <= age <= CHILDBEARING[1]))
    return {
        "scores": [test for test in offered if test.is_for(age)],
        "other_scores": [test for test in offered if not test.is_for(age)],
        "pages": [(name, title) for name, title, fits in pages if fits],
        "other_pages": [(name, title) for name, title, fits in pages if not fits],
    }
