"""Reverse a payment entered by mistake, give money back, give a sum up. Nothing is edited: each adds its own row."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from serment.access.models import Person
from serment.billing.models import Allocation, Claim, Payment
from serment.billing.owning import require_own
from serment.billing.payments import allocate_row, free_payments, known, settle, write
from serment.billing.refusal import Refused
from serment.journal import services as journal

REVERSALS = {
    "error": "erreur de saisie",
    "unpaid": "chèque revenu impayé",
    "claim": "facture à corriger",
}
REFUNDS = {
    "overpaid": "trop-perçu",
    "cancelled": "soin annulé",
    "fund": "part payée par la caisse",
    "account": "acompte rendu",
}


@transaction.atomic
def reverse_payment(*, author: Person, payment_id: int, reason: str = "error") -> Payment:
    """Undo a payment by its opposite, on every claim it settled; both stay. Raises Refused when it was already undone
    or given back.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    require_own(author, payment.practitioner_id)
    if payment.reverses_id or payment.kind != Payment.Kind.RECEIPT:
        raise Refused("Seul un encaissement s’annule.")
    if payment.reversals.exists():
        raise Refused("Cet encaissement est déjà annulé ou remboursé.")
    if reason not in REVERSALS:
        raise Refused("Choisissez le motif.")
    opposite = write(
        author=author,
        practitioner_id=payment.practitioner_id,
        patient_id=payment.patient_id,
        cents=-payment.amount_cents,
        mode=payment.mode,
        request_key=f"reverse-{payment.pk}",
        kind=Payment.Kind.REVERSAL,
        payer=payment.payer,
        reason=reason,
        reverses=payment,
    )
    for claim, cents in _claims_of(payment):
        allocate_row(author, claim, opposite, -cents)
        settle(claim, paid=-cents)
    journal.record("billing.reversed", subject_id=payment.patient_id, object_id=payment.pk)
    return opposite


def _claims_of(payment: Payment) -> list[tuple[Claim, int]]:
    """(claim, cents of this payment on it), locked."""
    shared = dict(
        Allocation.objects.filter(payment=payment).values_list("claim_id").annotate(Sum("cents")).order_by()
    )
    claims = Claim.objects.select_for_update().filter(pk__in=shared).order_by("pk")
    return [(claim, shared[claim.pk]) for claim in claims if shared[claim.pk]]


@transaction.atomic
def refund(
    *,
    author: Person,
    claim_id: int,
    cents: int,
    mode: str,
    reason: str,
    request_key: str,
    give_up: bool = False,
) -> Payment:
    """Give back what was paid for a claim, which is owed again unless ``give_up``. Raises Refused."""
    before = known(request_key)
    if before is not None:
        return before
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    require_own(author, claim.practitioner_id)
    if reason not in REFUNDS:
        raise Refused("Choisissez le motif du remboursement.")
    if not 0 < cents <= claim.paid_cents:
        raise Refused("On ne rend pas plus que ce qui a été encaissé pour cette facture.")
    payment = write(
        author=author,
        practitioner_id=claim.practitioner_id,
        patient_id=claim.patient_id,
        cents=-cents,
        mode=mode,
        request_key=request_key,
        kind=Payment.Kind.REFUND,
        reason=reason,
    )
    allocate_row(author, claim, payment, -cents)
    if give_up:
        allocate_row(author, claim, None, cents, Allocation.Reason.GESTURE)
    settle(claim, paid=-cents, waived=cents if give_up else 0)
    journal.record(
        "billing.refunded", subject_id=claim.patient_id, object_id=claim.pk, details={"cents": cents}
    )
    return payment


@transaction.atomic
def refund_account(
    *, author: Person, patient_id: int, practitioner_id: int, cents: int, mode: str, request_key: str
) -> list[Payment]:
    """Give an « acompte » back, receipt by receipt. Raises Refused."""
    before = known(f"{request_key}-0")
    if before is not None:
        return [before]
    require_own(author, practitioner_id)
    free = free_payments(patient_id, practitioner_id)
    if not 0 < cents <= sum(left for _, left in free):
        raise Refused("L’acompte de ce patient n’y suffit pas.")
    made, wanted = [], cents
    for source, left in free:
        taken = min(left, wanted)
        if taken:
            made.append(
                write(
                    author=author,
                    practitioner_id=practitioner_id,
                    patient_id=patient_id,
                    cents=-taken,
                    mode=mode,
                    request_key=f"{request_key}-{len(made)}",
                    kind=Payment.Kind.REFUND,
                    reason="account",
                    reverses=source,
                )
            )
            wanted -= taken
    journal.record("billing.refunded", subject_id=patient_id, details={"cents": cents, "on_account": True})
    return made


@transaction.atomic
def write_off(*, author: Person, claim_id: int, cents: int, reason: str) -> Claim:
    """Give up what is left of a claim, in whole or in part, with a reason. Raises Refused."""
    claim: Claim = Claim.objects.select_for_update().get(pk=claim_id)
    require_own(author, claim.practitioner_id)
    if reason not in Allocation.Reason.values:
        raise Refused("Choisissez pourquoi cette somme n’est plus réclamée.")
    if claim.state == "cancelled" or not 0 < cents <= claim.balance_cents:
        raise Refused("On n’abandonne pas plus que ce qui reste à régler.")
    allocate_row(author, claim, None, cents, reason)
    settle(claim, waived=cents)
    journal.record(
        "billing.waived",
        subject_id=claim.patient_id,
        object_id=claim.pk,
        details={"cents": cents, "why": reason},
    )
    return claim


@transaction.atomic
def take_up_again(*, author: Person, claim_id: int) -> Claim:
    """Claim again what was given up, by the opposite row. Raises Refused."""
    claim: Claim = Claim.objects.select_for_update().get(pk=claim_id)
    require_own(author, claim.practitioner_id)
    if not claim.waived_cents:
        raise Refused("Rien n’a été abandonné sur cette facture.")
    cents = claim.waived_cents
    allocate_row(author, claim, None, -cents)
    settle(claim, waived=-cents)
    journal.record(
        "billing.waived", subject_id=claim.patient_id, object_id=claim.pk, details={"cents": -cents}
    )
    return claim
