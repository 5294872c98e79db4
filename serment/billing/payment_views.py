"""Gestures on money, from a claim's page: receive, reverse, give back, give up, use an « acompte »."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.billing import asked, documents, giving_back, owning, payments, selectors
from serment.billing.claim_views import claim_page
from serment.billing.models import Claim, Payment
from serment.billing.pdf import shown
from serment.billing.views import known_patient
from serment.formats.money import format_euros, parse_euros
from serment.journal import services as journal
from serment.patients.views.identity import patient_context


def _key(request: Any) -> str:
    return str(request.POST.get("request_key", "")[:24] or secrets.token_hex(12))


def _amount(request: Any) -> int:
    """Cents typed in « amount ». Raises FormatError (a ValueError), French."""
    return parse_euros(request.POST.get("amount", ""))


def _done(request: Any, row: Claim, gesture: str, verb: Callable[[], Any], said: str) -> HttpResponse:
    """Run a verb; refused, the claim's page comes back with what was typed."""
    try:
        verb()
    except ValueError as refused:
        return claim_page(request, row, gesture=gesture, error=str(refused), status=422)
    messages.success(request, said)
    return redirect("billing:claim", row.pk)


@requires("billing.cash")
@require_POST
def pay(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)

    def verb() -> Payment:
        return payments.take_payment(
            author=request.person,
            claim_id=row.pk,
            amount_cents=_amount(request),
            mode=request.POST.get("mode", ""),
            request_key=_key(request),
        )

    return _done(request, row, "pay", verb, "Encaissement enregistré.")


@requires("billing.cash")
@require_POST
def refund(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)

    def verb() -> Payment:
        return giving_back.refund(
            author=request.person,
            claim_id=row.pk,
            cents=_amount(request),
            mode=request.POST.get("mode", ""),
            reason=request.POST.get("reason", ""),
            give_up=request.POST.get("give_up") == "1",
            request_key=_key(request),
        )

    return _done(request, row, "refund", verb, "Remboursement enregistré.")


@requires("billing.cash")
@require_POST
def write_off(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)

    def verb() -> Claim:
        return giving_back.write_off(
            author=request.person,
            claim_id=row.pk,
            cents=_amount(request),
            reason=request.POST.get("reason", ""),
        )

    return _done(request, row, "write_off", verb, "Cette somme n’est plus réclamée.")


@requires("billing.cash")
@require_POST
def take_up_again(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)

    def verb() -> Claim:
        return giving_back.take_up_again(author=request.person, claim_id=row.pk)

    return _done(request, row, "write_off", verb, "La somme est de nouveau réclamée.")


@requires("billing.cash")
@require_POST
def use_account(request: Any, claim_id: int) -> HttpResponse:
    row = asked.claim(claim_id)

    def verb() -> Claim:
        return payments.use_account(author=request.person, claim_id=row.pk, cents=_amount(request))

    return _done(request, row, "account", verb, "Acompte imputé sur cette facture.")


@requires("billing.cash")
@require_POST
def refund_account(request: Any, patient_id: int) -> HttpResponse:
    """Give back an « acompte » that serves no claim."""
    known_patient(patient_id)
    try:
        cents = _amount(request)
        giving_back.refund_account(
            author=request.person,
            patient_id=patient_id,
            practitioner_id=asked.one_practitioner(request.POST.get("practitioner", "")).pk,
            cents=cents,
            mode=request.POST.get("mode", ""),
            request_key=_key(request),
        )
        messages.success(request, f"Acompte rendu : {format_euros(cents)}.")
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect("billing:patient", patient_id)


@requires("billing.cash")
@require_POST
def reverse(request: Any, payment_id: int) -> HttpResponse:
    payment = get_object_or_404(Payment.objects, pk=payment_id)
    try:
        giving_back.reverse_payment(
            author=request.person, payment_id=payment.pk, reason=request.POST.get("reason") or "error"
        )
        messages.success(request, "Encaissement annulé par une écriture contraire.")
    except giving_back.Refused as refused:
        messages.error(request, str(refused))
    first = payment.allocations.order_by("pk").first()
    if first is not None:
        return redirect("billing:claim", first.claim_id)
    return redirect("billing:patient", payment.patient_id)


@requires("billing.view")
@require_GET
def payment_receipt(request: Any, payment_id: int) -> HttpResponse:
    """The « reçu » of one gesture: means, sums, claims' numbers; no act."""
    payment = get_object_or_404(Payment.objects.select_related("practitioner"), pk=payment_id)
    content = documents.payment_receipt(keyring=request.keyring, practice=request.practice, payment=payment)
    journal.record("billing.printed", subject_id=payment.patient_id, object_id=payment.pk)
    return shown(content, f"recu-{payment.number}")


@requires("billing.cash")
@require_GET
def collected(request: Any, payment_id: int) -> HttpResponse:
    """What one gesture received, and what may follow: the receipt, the note, the next appointment."""
    payment = get_object_or_404(Payment.objects.select_related("practitioner"), pk=payment_id)
    made = selectors.of_gesture(payment.gesture)
    context = patient_context(request, payment.patient_id, "billing") | {
        "made": made,
        "first": made[0],
        "own": owning.may_handle(request.person, payment.practitioner_id),
        "total": sum(row.amount_cents for row in made),
        "parts": selectors.parts_of(made),
        "left": payments.on_account(patient_id=payment.patient_id, practitioner_id=payment.practitioner_id),
    }
    return render(request, "billing/collected.html", context)
