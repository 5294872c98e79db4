"""Receive money, share it out among claims, give it back, give it up. Each verb is idempotent for one opened form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, DateField, Sum
from django.utils import timezone

from serment.access.models import Person
from serment.billing import numbering, states
from serment.billing.models import Allocation, Claim, Counter, Payment, TillClosing, Transfer
from serment.billing.owning import require_own
from serment.billing.payloads import PaymentDetails
from serment.billing.refusal import Refused
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice

MOST_MEANS = 6

_PAYMENT = Prepared(lambda: Payment.objects.filter(request_key=Slot("request_key", CharField())))
_CLOSED = Prepared(
    lambda: TillClosing.objects.filter(
        day=Slot("day", DateField()), practitioner_id=Slot("practitioner_id")
    ).values_list("pk", flat=True)
)


@dataclass(frozen=True)
class Means:
    """One means of a receipt: cents, how, and for a cheque what is written on it."""

    mode: str
    cents: int
    details: PaymentDetails = field(default_factory=PaymentDetails)


def known(request_key: str) -> Payment | None:
    """The first payment of a form already sent."""
    found: Payment | None = _PAYMENT.first(request_key=request_key)
    return found


def require_open_till(practitioner_id: int, mode: str) -> None:
    """Raises Refused once this practitioner's till of today is closed; a bank transfer never passes through it."""
    if mode != Payment.Mode.TRANSFER and _CLOSED.all(
        day=timezone.localdate(), practitioner_id=practitioner_id
    ):
        raise Refused(
            "La caisse d’aujourd’hui est close\u00a0: laissez la facture à régler, et encaissez-la demain."
        )


def write(
    *,
    author: Person | None,
    practitioner_id: int,
    patient_id: int,
    cents: int,
    mode: str,
    request_key: str,
    keyring: Keyring | None = None,
    details: PaymentDetails | None = None,
    gesture: int = 0,
    **more: object,
) -> Payment:
    """One numbered row of money, for the verbs of this room. Raises Refused (mode, closed till)."""
    if mode not in Payment.Mode.values:
        raise Refused("Choisissez le mode de règlement.")
    number = numbering.take(Counter.Kind.PAYMENT, practitioner_id=practitioner_id)
    require_open_till(
        practitioner_id, mode
    )  # once the number is held: `closing.close` waits for it, or came first
    payment_id = new_id()
    payment = Payment(
        id=payment_id,
        gesture=gesture or payment_id,
        practice_id=current_practice(),
        practitioner_id=practitioner_id,
        patient_id=patient_id,
        number=number,
        amount_cents=cents,
        mode=mode,
        request_key=request_key,
        received_by=author.pk if author else 0,
        **more,
    )
    if keyring is not None and details is not None and details != PaymentDetails():
        keyring.subject_keys([patient_id], Domain.ADMIN).seal(payment, "details", details)
    payment.save(force_insert=True)
    return payment


def allocate_row(
    author: Person | None, claim: Claim, payment: Payment | None, cents: int, reason: str = ""
) -> None:
    """One row of the sharing out; `settle` must follow."""
    Allocation(
        practice_id=current_practice(),
        claim=claim,
        payment=payment,
        cents=cents,
        reason=reason,
        author_id=author.pk if author else 0,
    ).save(force_insert=True)


def settle(claim: Claim, *, paid: int = 0, waived: int = 0) -> None:
    """Move a claim's sums and state by what was just written. Raises Refused for more given back than was received."""
    if claim.paid_cents + paid < 0:
        raise Refused(f"La facture n° {claim.number} a déjà été remboursée\u00a0: on ne rend pas deux fois.")
    claim.paid_cents += paid
    claim.waived_cents += waived
    state = states.after_payment(claim.total_cents, claim.paid_cents + claim.waived_cents)
    states.check(claim.state, state)
    claim.state = state
    claim.save(update_fields=["paid_cents", "waived_cents", "state"])


@transaction.atomic
def receive(
    *,
    keyring: Keyring,
    author: Person,
    practitioner: Practitioner,
    patient_id: int,
    means: Sequence[Means],
    parts: Sequence[tuple[int, int]],
    on_account: int = 0,
    request_key: str,
) -> list[Payment]:
    """One gesture: several means, several claims of one patient; ``on_account`` is kept for an act to come.

    ``parts``: (claim id, cents). The means' sum is the parts' and ``on_account``. Raises Refused, NoKey.
    """
    before = known(request_key)
    if before is not None:
        return [before]
    require_own(author, practitioner.pk)
    given, wanted = sum(one.cents for one in means), sum(cents for _, cents in parts) + on_account
    if not means or len(means) > MOST_MEANS or any(one.cents <= 0 for one in means):
        raise Refused("Indiquez au moins un moyen de paiement et son montant.")
    if on_account < 0 or any(cents <= 0 for _, cents in parts) or given != wanted:
        raise Refused(
            "Le total des moyens de paiement doit égaler ce qui est réparti entre les factures et l’acompte."
        )
    claims = list(
        Claim.objects.select_for_update()
        .filter(pk__in=[claim_id for claim_id, _ in parts], patient_id=patient_id, practitioner=practitioner)
        .order_by("established_on", "pk")
    )
    cents_of = dict(parts)
    if len(claims) != len(cents_of) or len(cents_of) != len(parts):
        raise Refused("Une des factures n’est pas de ce patient et de ce praticien.")
    for claim in claims:
        _require_owed(claim, cents_of[claim.pk])
    made: list[Payment] = []
    for rank, one in enumerate(means):
        made.append(
            write(
                author=author,
                practitioner_id=practitioner.pk,
                patient_id=patient_id,
                cents=one.cents,
                mode=one.mode,
                request_key=f"{request_key}-{rank}" if rank else request_key,
                keyring=keyring,
                details=one.details,
                gesture=made[0].pk if made else 0,
            )
        )
    _share_out(author, made, [(claim, cents_of[claim.pk]) for claim in claims])
    journal.record(
        "billing.paid",
        subject_id=patient_id,
        object_id=made[0].pk,
        details={"cents": given, "means": len(made), "claims": len(claims), "on_account": on_account},
    )
    return made


def _require_owed(claim: Claim, cents: int) -> None:
    if claim.state == "cancelled":
        raise Refused("Cette facture est annulée.")
    if cents > claim.balance_cents:
        raise Refused("Le montant dépasse ce qui reste à régler.")


def _share_out(author: Person, made: list[Payment], parts: list[tuple[Claim, int]]) -> None:
    """Fill the claims from the means, in order: no cent is shared out twice."""
    left = [[payment, payment.amount_cents] for payment in made]
    for claim, cents in parts:
        wanted = cents
        for holder in left:
            taken = min(wanted, holder[1])
            if taken:
                allocate_row(author, claim, holder[0], taken)
                holder[1] -= taken
                wanted -= taken
        settle(claim, paid=cents)


@transaction.atomic
def take_payment(
    *,
    author: Person | None,
    claim_id: int,
    amount_cents: int,
    mode: str,
    request_key: str,
    payer: str = Payment.Payer.PATIENT,
    transfer: Transfer | None = None,
    received_at: datetime | None = None,
) -> Payment:
    """Receive money for one claim; twice the same ``request_key`` receives once. Raises Refused.

    ``author`` is None where the practice's agent reads a return.
    """
    before = known(request_key)
    if before is not None:
        return before
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if payer == Payment.Payer.PATIENT:  # what a fund pays is read by whoever fetches the practice's returns
        require_own(author, claim.practitioner_id)
    if claim.state != "cancelled" and amount_cents <= 0:
        raise Refused("Indiquez un montant à encaisser.")
    _require_owed(claim, amount_cents)
    payment = write(
        author=author,
        practitioner_id=claim.practitioner_id,
        patient_id=claim.patient_id,
        cents=amount_cents,
        mode=mode,
        request_key=request_key,
        payer=payer,
        transfer=transfer,
        **({"received_at": received_at} if received_at else {}),
    )
    allocate_row(author, claim, payment, amount_cents)
    settle(claim, paid=amount_cents)
    journal.record(
        "billing.paid",
        subject_id=claim.patient_id,
        object_id=claim.pk,
        details={"cents": amount_cents, "mode": mode},
    )
    return payment


def on_account(*, patient_id: int, practitioner_id: int) -> int:
    """Cents received from a patient and not yet for any claim: two queries."""
    held = {"patient_id": patient_id, "practitioner_id": practitioner_id}
    received = Payment.objects.filter(**held).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    shared = (
        Allocation.objects.filter(
            payment__patient_id=patient_id, payment__practitioner_id=practitioner_id
        ).aggregate(sum=Sum("cents"))["sum"]
        or 0
    )
    return received - shared


@transaction.atomic
def use_account(*, author: Person, claim_id: int, cents: int) -> Claim:
    """Put an « acompte » on a claim; no money moves, the till does not change. Raises Refused."""
    claim: Claim = Claim.objects.select_for_update().get(pk=claim_id)
    require_own(author, claim.practitioner_id)
    if cents <= 0:
        raise Refused("Indiquez un montant à imputer.")
    _require_owed(claim, cents)
    held = free_payments(claim.patient_id, claim.practitioner_id)  # locked: an acompte serves once
    if cents > sum(free for _, free in held):
        raise Refused("L’acompte de ce patient n’y suffit pas.")
    wanted = cents
    for payment, free in held:
        taken = min(free, wanted)
        allocate_row(author, claim, payment, taken)
        wanted -= taken
        if not wanted:
            break
    settle(claim, paid=cents)
    journal.record(
        "billing.allocated", subject_id=claim.patient_id, object_id=claim.pk, details={"cents": cents}
    )
    return claim


def free_payments(patient_id: int, practitioner_id: int) -> list[tuple[Payment, int]]:
    """Receipts not wholly allocated, oldest first, what was given back of them taken away: three queries.

    Locked, then read: a refund written while the lock was waited for is counted.
    """
    rows = Payment.objects.filter(patient_id=patient_id, practitioner_id=practitioner_id)
    list(rows.select_for_update().order_by("pk").values_list("pk"))
    payments = list(rows.order_by("received_at", "pk"))
    shared = dict(
        Allocation.objects.filter(payment__in=[row.pk for row in payments])
        .values_list("payment_id")
        .annotate(Sum("cents"))
    )
    free = {row.pk: row.amount_cents - shared.get(row.pk, 0) for row in payments}
    for row in payments:
        if row.reverses_id in free:
            free[row.reverses_id] += free[row.pk]
    return [(row, free[row.pk]) for row in payments if row.reverses_id is None and free[row.pk] > 0]
