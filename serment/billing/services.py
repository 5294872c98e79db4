"""Establish a claim, settled at once or later; cancel it. Each verb is idempotent for one opened form.

Money has its own modules (`payments`, `giving_back`), whose two everyday verbs are offered here too.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from serment.access.models import Person
from serment.billing import numbering, payments, states
from serment.billing.giving_back import reverse_payment
from serment.billing.models import Claim
from serment.billing.owning import require_own
from serment.billing.payloads import ActLine, ClaimPayload
from serment.billing.payments import take_payment
from serment.billing.pricing import amounts
from serment.billing.refusal import Refused
from serment.journal import services as journal
from serment.patients import restrictions
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey
from serment.vault.prepared import Prepared, Slot

__all__ = ["Refused", "cancel_claim", "establish_claim", "reverse_payment", "take_payment"]


_CLAIM = Prepared(lambda: Claim.objects.filter(request_key=Slot("request_key", CharField())))


@transaction.atomic
def establish_claim(
    *,
    keyring: Keyring,
    author: Person,
    practitioner: Practitioner,
    patient_id: int,
    lines: list[ActLine],
    excess_cents: int = 0,
    excess_reason: str = "",
    rate: int = 70,
    rate_why: str = "",
    shares: tuple[int, int] | None = None,
    encounter_id: int | None = None,
    mode: str = "",
    performed_on: date | None = None,
    place: str = "office",
    third_party: str = "none",
    paid_cents: int | None = None,
    request_key: str,
) -> Claim:
    """A numbered claim; the same ``request_key`` gives the same claim again. Raises Refused, NoKey.

    ``mode``: paid at once, by this means; empty leaves it to be settled. ``paid_cents``: what is taken then, where a
    fund pays the rest; None for all. ``shares``: (AMO, AMC) in cents where they were reckoned line by line; otherwise
    ``rate`` of the whole. ``excess_reason``: DE, DA or HN, which sector 1 needs. ``performed_on``: the day of the care.
    """
    before: Claim | None = _CLAIM.first(request_key=request_key)
    if before is not None:
        return before
    require_own(author, practitioner.pk)
    restrictions.require_free(patient_id)
    free = practitioner.sector.startswith("2") or practitioner.sector == "nc"
    if excess_cents and not free and excess_reason not in ("DE", "DA", "HN"):
        raise Refused("Sans secteur à honoraires libres, un dépassement demande sa raison : exigence (DE).")
    keys = keyring.subject_keys([patient_id], Domain.BILLING)
    if patient_id not in keys:
        raise NoKey("no billing key for this patient")
    sums = amounts((line.amount_cents for line in lines), excess_cents, rate)
    taken = (sums.total if paid_cents is None else min(paid_cents, sums.total)) if mode else 0
    claim = Claim(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        practitioner=practitioner,
        encounter_id=encounter_id,
        number=numbering.claim_number(practitioner.pk, timezone.localdate().year),
        request_key=request_key,
        established_on=timezone.localdate(),
        total_cents=sums.total,
        amo_cents=shares[0] if shares else sums.amo,
        amc_cents=shares[1] if shares else 0,
        patient_cents=sums.total - sum(shares) if shares else sums.patient,
        excess_cents=sums.excess,
        paid_cents=taken,
        state=states.after_payment(sums.total, taken),
    )
    payload = ClaimPayload(
        lines=lines,
        rate=rate,
        rate_why=rate_why,
        place=place,
        performed_on=performed_on,
        third_party=third_party,
    )
    keys.seal(claim, "payload", payload)
    claim.save(force_insert=True)
    details = {"lines": len(lines), "total_cents": sums.total}
    if taken:
        payment = payments.write(
            author=author,
            practitioner_id=practitioner.pk,
            patient_id=patient_id,
            cents=taken,
            mode=mode,
            request_key=f"{request_key}-pay",
        )
        payments.allocate_row(author, claim, payment, taken)
        details |= {"paid_cents": taken, "mode": mode}
    journal.record("billing.established", subject_id=patient_id, object_id=claim.pk, details=details)
    return claim


@transaction.atomic
def cancel_claim(*, author: Person, claim_id: int) -> Claim:
    """Cancel an unpaid claim; its number stays. Raises Refused."""
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    require_own(author, claim.practitioner_id)
    if claim.paid_cents or claim.waived_cents:
        raise Refused("Annulez d’abord l’encaissement.")
    if claim.sheets.filter(state__in=states.SHEET_GONE).exists():
        raise Refused("La feuille de soins est partie\u00a0: attendez le retour de la caisse.")
    try:
        states.check(claim.state, "cancelled")
    except states.ForbiddenTransition as error:
        raise Refused(str(error)) from error
    claim.state = "cancelled"
    claim.save(update_fields=["state"])
    journal.record("billing.cancelled", subject_id=claim.patient_id, object_id=claim.pk)
    return claim
