"""« Qui me doit »: what is outstanding by payer and by age, debts and their reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.billing import asked, closing, owed, perms, reminders
from serment.billing.models import TillClosing
from serment.billing.pdf import shown
from serment.billing.views import known_patient
from serment.journal import services as journal

DEBTS_SHOWN = 60


@requires("billing.till")
@require_GET
def money(request: Any) -> HttpResponse:
    """What is outstanding by payer and age, what is to come, debts, the closings and whether each still holds."""
    accounts = asked.accounts(request, request.GET.get("praticien", ""))
    found, today = owed.shares(whose=accounts.whose), timezone.localdate()
    delay = owed.delay_days(accounts.whose)
    debts = reminders.of(found, today - timedelta(days=reminders.AFTER_DAYS))
    closings = perms.within(TillClosing.objects.select_related("practitioner"), accounts.whose)
    held = closing.holding(closings.order_by("-day", "-pk")[:40])
    context = accounts.context | {
        "ages": [owed.label_of(low, high) for low, high in owed.AGES],
        "payers": owed.by_payer(found),
        "owed_total": sum(share.claim.balance_cents for share in found),
        "rejected": owed.rejected(found),
        "delay": delay,
        "weeks": owed.forecast(found, delay),
        "announced": owed.announced(accounts.whose),
        "debts": reminders.named(request.keyring, debts[:DEBTS_SHOWN]),
        "debts_total": sum(debt.cents for debt in debts),
        "closings": held,
        "broken": sum(not good for _, good in held),
    }
    journal.record("billing.till", details={"what": "money"})
    return render(request, "billing/money.html", context)


@requires("billing.view")
@require_GET
def reminder(request: Any, patient_id: int, practitioner_id: int) -> HttpResponse:
    """The letter about what is owed to one practitioner; 404 when nothing is, or it is not theirs to read."""
    known_patient(patient_id)
    for debt in reminders.debts(patient_id=patient_id, whose=perms.readable(request.person)):
        if debt.practitioner.pk == practitioner_id:
            content = reminders.letter(keyring=request.keyring, practice=request.practice, debt=debt)
            journal.record("billing.reminder", subject_id=patient_id, details={"claims": len(debt.claims)})
            return shown(content, "rappel")
    raise Http404
