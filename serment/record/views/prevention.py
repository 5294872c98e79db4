"""Prevention: what is due by age, sex, diseases and treatments; what was done; the tests at hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import perms, questionnaires, reminders, selectors, tracks
from serment.record import prevention as rules


@requires("record.view")
@require_GET
def prevention(request: Any, patient_id: int) -> HttpResponse:
    """Vaccinations, screenings and monitoring due, each with its rule and its source."""
    perms.patient_or_404(patient_id)
    given = {"keyring": request.keyring, "patient_id": patient_id}
    noted = selectors.of_kinds(**given, kinds=("vaccination", "screening", "score"))
    standing = selectors.standing(**given)
    known: Any = reminders.Known(
        problems=[item.content for item in standing.problems],  # type: ignore[misc]
        treatments=[item.content for item in standing.treatments],  # type: ignore[misc]
        screenings=[item.content for item in noted["screening"]],  # type: ignore[misc]
        tracks=tracks.of_patient(**given),
    )
    context = patient_context(request, patient_id, "prevention")
    who, today = context["card"].identity, timezone.localdate()
    vaccinations: Any = [item.content for item in noted["vaccination"]]
    context |= {
        "groups": [
            ("Vaccinations", rules.vaccines_due(who.birth_date, vaccinations, today)),
            ("Dépistages", reminders.screenings_due(who.birth_date, who.sex, known.screenings, today)),
            ("Surveillance", reminders.monitoring_due(known, today)),
        ],
        "sources": [rules.source(), reminders.source()],
        "given": noted["vaccination"],
        "done": noted["screening"],
        "past": noted["score"],
        "scores": questionnaires.offered(),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "prevention"})
    return render(request, "record/prevention.html", context)
