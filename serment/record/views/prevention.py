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
from serment.record import care, perms, reminders
from serment.record import prevention as rules
from serment.record.views import tools


@requires("record.view")
@require_GET
def prevention(request: Any, patient_id: int) -> HttpResponse:
    """Vaccinations, screenings and monitoring due, each with its rule and its source."""
    perms.patient_or_404(patient_id)
    context = patient_context(request, patient_id, "prevention")
    who = context["card"].identity
    found = care.due(
        keyring=request.keyring,
        patient_id=patient_id,
        born=who.birth_date,
        sex=who.sex,
        today=timezone.localdate(),
    )
    context |= {
        "groups": found.groups,
        "sources": [rules.source(), reminders.source()],
        "given": found.noted["vaccination"],
        "done": found.noted["screening"],
        "past": found.noted["score"],
        **tools.at_hand(context["card"]),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "prevention"})
    return render(request, "record/prevention.html", context)
