"""The patient's « Honoraires », a claim with its story in money, its note d'honoraires."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.billing import asked, documents, giving_back, owed, owning, payments, selectors, services
from serment.billing.models import Allocation, Claim, Payment
from serment.billing.pdf import shown
from serment.billing.views import known_patient
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.vault.domains import Domain


@requires("billing.view")
@require_GET
def patient(request: Any, patient_id: int) -> HttpResponse:
    """The « Honoraires » tab. Who holds no billing key sees amounts alone."""
    known_patient(patient_id)
    context = patient_context(request, patient_id, "billing") | {
        "claims": selectors.of_patient(keyring=request.keyring, patient_id=patient_id),
        "accounts": selectors.accounts_of(patient_id),
        "modes": Payment.Mode.choices,
        "request_key": secrets.token_hex(12),
    }
    journal.record("billing.viewed", subject_id=patient_id)
    return render(request, "billing/patient.html", context)


@requires("billing.view")
@require_GET
def claim(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)
    journal.record("billing.viewed", subject_id=row.patient_id, object_id=row.pk)
    return claim_page(request, row)


def claim_page(
    request: Any, row: Claim, *, gesture: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """The claim's page; after a refused gesture, with its error and what was typed."""
    readable = request.keyring.holds(Domain.BILLING)
    context = patient_context(request, row.patient_id, "billing") | {
        "claim": row,
        "own": owning.may_handle(request.person, row.practitioner_id),
        "payload": selectors.one(keyring=request.keyring, claim=row) if readable else None,
        "settlements": selectors.settlements(row),
        "due": owed.of_claim(row),
        "account": payments.on_account(patient_id=row.patient_id, practitioner_id=row.practitioner_id)
        if row.balance_cents
        else 0,
        "modes": Payment.Mode.choices,
        "reversals": giving_back.REVERSALS.items(),
        "refunds": [pair for pair in giving_back.REFUNDS.items() if pair[0] != "account"],
        "reasons": Allocation.Reason.choices,
        "gesture": gesture,
        "error": error,
        "typed": request.POST if error else {},
        "request_key": request.POST.get("request_key", "") if error else secrets.token_hex(12),
    }
    return render(request, "billing/claim.html", context, status=status)


@requires("billing.write")
@require_POST
def cancel(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)
    try:
        services.cancel_claim(author=request.person, claim_id=row.pk)
        messages.success(request, "Facture annulée.")
    except services.Refused as refused:
        messages.error(request, str(refused))
    return redirect("billing:claim", row.pk)


@requires("billing.view")
@require_GET
def receipt(request: Any, claim_id: int) -> HttpResponse:
    """The note d'honoraires, from memory."""
    row = asked.claim(claim_id)
    content = documents.receipt(keyring=request.keyring, practice=request.practice, claim=row)
    journal.record("billing.printed", subject_id=row.patient_id, object_id=row.pk)
    return shown(content, f"note-honoraires-{row.number}")
