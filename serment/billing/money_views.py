"""Close the till, who owes what, the deposit slip of the cheques."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.billing import closing, owed, reminders, selectors
from serment.billing.models import Payment, TillClosing
from serment.billing.views import asked_day, known_patient
from serment.documents import report_pdf
from serment.documents.models import ReportColumn, TableReport
from serment.formats import dates
from serment.formats.money import format_euros
from serment.journal import services as journal

DEBTS_SHOWN = 60


@requires("billing.write")
@require_POST
def close(request: Any) -> HttpResponse:
    day = asked_day(request.POST.get("jour", ""))
    try:
        row = closing.close(keyring=request.keyring, author=request.person, day=day)
        messages.success(request, f"Caisse close sous le n° {row.number}.")
    except closing.Refused as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('billing:till')}?jour={day}")


@requires("billing.till")
@require_GET
def money(request: Any) -> HttpResponse:
    """What is outstanding by age, the month day by day, the closings and whether each still holds."""
    first = asked_day(f"{request.GET.get('mois', '')}-01").replace(day=1)
    days = owed.month(first)
    closings = list(TillClosing.objects.order_by("-day")[:40])
    context = {
        "ages": owed.by_age(),
        "days": days,
        "most": max((cents for _, cents in days), default=0),
        "total": sum(cents for _, cents in days),
        "first": first,
        "debts": reminders.named(request.keyring, reminders.debts())[:DEBTS_SHOWN],
        "closings": closing.holding(closings),
    }
    journal.record("billing.till", details={"what": "money"})
    return render(request, "billing/money.html", context)


@requires("billing.till")
@require_GET
def cheques(request: Any) -> HttpResponse:
    """The deposit slip of a day's cheques: amounts and numbers of claims; names only where they may be read."""
    day = asked_day(request.GET.get("jour", ""))
    found = selectors.till(keyring=request.keyring, day=day)
    rows = [(p, name) for p, name in found.rows if p.mode == Payment.Mode.CHEQUE]
    total = sum(payment.amount_cents for payment, _ in rows)
    content = report_pdf(
        TableReport(
            title="Remise de chèques",
            practice=request.practice.name,
            on=day,
            date_text=dates.medium(day),
            facts=[("Chèques", str(len(rows))), ("Total", format_euros(total))],
            columns=[
                ReportColumn(label="Facture", share=2),
                ReportColumn(label="Tireur", share=5),
                ReportColumn(label="Montant", align="right", share=2),
            ],
            rows=[[p.claim.number, name or "—", format_euros(p.amount_cents)] for p, name in rows],
            empty_text="Aucun chèque ce jour.",
            demo=request.practice.is_demo,
        )
    )
    journal.record("billing.till", details={"what": "cheques", "count": len(rows)})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="remise-{day}.pdf"'
    return response


@requires("billing.view")
@require_GET
def reminder(request: Any, patient_id: int, practitioner_id: int) -> HttpResponse:
    """The letter about what is owed to one practitioner; 404 when nothing is."""
    known_patient(patient_id)
    for debt in reminders.debts(patient_id=patient_id):
        if debt.practitioner.pk == practitioner_id:
            content = reminders.letter(keyring=request.keyring, practice=request.practice, debt=debt)
            journal.record("billing.reminder", subject_id=patient_id, details={"claims": len(debt.claims)})
            response = HttpResponse(content, content_type="application/pdf")
            response["Content-Disposition"] = 'inline; filename="rappel.pdf"'
            return response
    raise Http404
