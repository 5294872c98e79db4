"""« Qui me doit »: what is outstanding by payer and by age, debts and their reminders."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.billing import asked, closing, owed, reminders
from serment.billing.models import TillClosing
from serment.billing.pdf import shown
from serment.billing.views import known_patient
from serment.journal import services as journal

DEBTS_SHOWN = 60


@requires("billing.till")
@require_GET
def money(request: Any) -> HttpResponse:
    """What is outstanding by age, the month day by day, the closings and whether each still holds."""
    chosen = asked.practitioner(request, request.GET.get("praticien", ""))
    chosen_id = chosen.pk if chosen else None
    first = asked.month(request.GET.get("mois", ""))
    days = owed.month(first, chosen_id)
    closings = TillClosing.objects.select_related("practitioner").order_by("-day", "-pk")
    if chosen_id is not None:
        closings = closings.filter(practitioner_id=chosen_id)
    context = asked.whose(request, chosen) | {
        "ages": owed.by_age(practitioner_id=chosen_id),
        "days": days,
        "most": max((cents for _, cents in days), default=0),
        "total": sum(cents for _, cents in days),
        "first": first,
        "debts": reminders.named(request.keyring, reminders.debts(practitioner_id=chosen_id))[:DEBTS_SHOWN],
        "closings": closing.holding(closings[:40]),
    }
    journal.record("billing.till", details={"what": "money"})
    return render(request, "billing/money.html", context)


@requires("billing.view")
@require_GET
def reminder(request: Any, patient_id: int, practitioner_id: int) -> HttpResponse:
    """The letter about what is owed to one practitioner; 404 when nothing is."""
    known_patient(patient_id)
    for debt in reminders.debts(patient_id=patient_id):
        if debt.practitioner.pk == practitioner_id:
            content = reminders.letter(keyring=request.keyring, practice=request.practice, debt=debt)
            journal.record("billing.reminder", subject_id=patient_id, details={"claims": len(debt.claims)})
            return shown(content, "rappel")
    raise Http404
