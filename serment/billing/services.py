"""Establish a claim, take and reverse payments. Each verb is idempotent for one opened form."""

from __future__ import annotations

from django.db import transaction
from django.db.models import CharField, DateField
from django.utils import timezone

from serment.access.models import Person
from serment.billing import states
from serment.billing.models import Claim, Counter, Payment, TillClosing
from serment.billing.payloads import ActLine, ClaimPayload
from serment.billing.pricing import amounts
from serment.journal import services as journal
from serment.patients import restrictions
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice


class Refused(ValueError):
    """French: why nothing was written."""


def _require_open_till(mode: str) -> None:
    """Raises Refused once today's till is closed; a bank transfer never passes through the till."""
    if mode != Payment.Mode.TRANSFER and _CLOSED.first(day=timezone.localdate()) is not None:
        raise Refused(
            "La caisse d’aujourd’hui est close\u00a0: laissez la facture à régler, et encaissez-la demain."
        )


_CLOSED = Prepared(lambda: TillClosing.objects.filter(day=Slot("day", DateField())))
_CLAIM = Prepared(lambda: Claim.objects.filter(request_key=Slot("request_key", CharField())))
_PAYMENT = Prepared(lambda: Payment.objects.filter(request_key=Slot("request_key", CharField())))


def _number() -> str:
    """The next number of the year, without gap: the counter's row is held until the transaction ends."""
    year = timezone.localdate().year
    counter = Counter.objects.select_for_update().filter(year=year).first()
    if counter is None:
        Counter.objects.get_or_create(year=year, practice_id=current_practice())
        counter = Counter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{year}-{counter.last:05d}"


@transaction.atomic
def establish_claim(
    *,
    keyring: Keyring,
    author: Person,
    practitioner: Practitioner,
    patient_id: int,
    lines: list[ActLine],
    excess_cents: int = 0,
    rate: int = 70,
    rate_why: str = "",
    shares: tuple[int, int] | None = None,
    encounter_id: int | None = None,
    request_key: str,
) -> Claim:
    """A numbered claim; the same ``request_key`` gives the same claim again. Raises Refused, NoKey.

    ``shares``: (AMO, AMC) in cents where they were reckoned line by line; otherwise ``rate`` of the whole.
    """
    before: Claim | None = _CLAIM.first(request_key=request_key)
    if before is not None:
        return before
    restrictions.require_free(patient_id)
    if excess_cents and not practitioner.sector.startswith("2") and practitioner.sector != "nc":
        raise Refused(
            "En secteur 1, un dépassement n’est possible que sur exigence du patient (DE) : non géré ici."
        )
    keys = keyring.subject_keys([patient_id], Domain.BILLING)
    if patient_id not in keys:
        raise NoKey("no billing key for this patient")
    sums = amounts((line.amount_cents for line in lines), excess_cents, rate)
    claim = Claim(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        practitioner=practitioner,
        encounter_id=encounter_id,
        number=_number(),
        request_key=request_key,
        established_on=timezone.localdate(),
        total_cents=sums.total,
        amo_cents=shares[0] if shares else sums.amo,
        amc_cents=shares[1] if shares else 0,
        patient_cents=sums.total - sum(shares) if shares else sums.patient,
        excess_cents=sums.excess,
        state="established" if sums.total else "paid",
    )
    keys.seal(claim, "payload", ClaimPayload(lines=lines, rate=rate, rate_why=rate_why))
    claim.save(force_insert=True)
    journal.record(
        "billing.established",
        subject_id=patient_id,
        object_id=claim.pk,
        details={"lines": len(lines), "total_cents": sums.total},
    )
    return claim


@transaction.atomic
def take_payment(*, author: Person, claim_id: int, amount_cents: int, mode: str, request_key: str) -> Payment:
    """Receive money for a claim; twice the same ``request_key`` receives once. Raises Refused."""
    before: Payment | None = _PAYMENT.first(request_key=request_key)
    if before is not None:
        return before
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if claim.state == "cancelled":
        raise Refused("Cette facture est annulée.")
    if mode not in Payment.Mode.values:
        raise Refused("Choisissez le mode de règlement.")
    if not 0 < amount_cents <= claim.balance_cents:
        raise Refused("Le montant dépasse ce qui reste à régler.")
    _require_open_till(mode)
    payment = Payment.objects.create(
        claim=claim, amount_cents=amount_cents, mode=mode, request_key=request_key, received_by=author.pk
    )
    _settle(claim, amount_cents)
    journal.record(
        "billing.paid",
        subject_id=claim.patient_id,
        object_id=claim.pk,
        details={"cents": amount_cents, "mode": mode},
    )
    return payment


def _settle(claim: Claim, cents: int) -> None:
    claim.paid_cents += cents
    state = states.after_payment(claim.total_cents, claim.paid_cents)
    states.check(claim.state, state)
    claim.state = state
    claim.save(update_fields=["paid_cents", "state"])


@transaction.atomic
def reverse_payment(*, author: Person, payment_id: int) -> Payment:
    """Undo a payment by its opposite; both stay. Raises Refused when it was already undone."""
    payment = Payment.objects.select_for_update().select_related("claim").get(pk=payment_id)
    if payment.reverses_id or payment.reversals.exists():
        raise Refused("Cet encaissement est déjà annulé.")
    _require_open_till(payment.mode)
    opposite = Payment.objects.create(
        claim=payment.claim,
        amount_cents=-payment.amount_cents,
        mode=payment.mode,
        request_key=f"reverse-{payment.pk}",
        reverses=payment,
        received_by=author.pk,
    )
    _settle(payment.claim, -payment.amount_cents)
    journal.record("billing.reversed", subject_id=payment.claim.patient_id, object_id=payment.claim_id)
    return opposite


@transaction.atomic
def cancel_claim(*, author: Person, claim_id: int) -> Claim:
    """Cancel an unpaid claim; its number stays. Raises Refused."""
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if claim.paid_cents:
        raise Refused("Annulez d’abord l’encaissement.")
    if claim.sheets.exclude(state__in=["signed", "rejected", "closed"]).exists():
        raise Refused("La feuille de soins est partie\u00a0: attendez le retour de la caisse.")
    try:
        states.check(claim.state, "cancelled")
    except states.ForbiddenTransition as error:
        raise Refused(str(error)) from error
    claim.state = "cancelled"
    claim.save(update_fields=["state"])
    journal.record("billing.cancelled", subject_id=claim.patient_id, object_id=claim.pk)
    return claim
