"""Read claims and the till. Names and acts are opened only where the session holds their domains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from serment.billing.closing import DAY, start_of
from serment.billing.models import Allocation, Claim, Payment
from serment.billing.payloads import ClaimPayload
from serment.billing.perms import Whose, within
from serment.billing.states import LABELS
from serment.patients.selectors import names_of
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

OPEN = ("established", "part_paid")


@dataclass(frozen=True)
class ClaimLine:
    """A claim with its acts, None where the session may not read them."""

    claim: Claim
    payload: ClaimPayload | None
    label: str


def of_patient(*, keyring: Keyring, patient_id: int, limit: int = 50) -> list[ClaimLine]:
    """Newest first; two queries. Acts are opened with the billing domain alone."""
    rows = (
        Claim.objects.filter(patient_id=patient_id)
        .select_related("practitioner")
        .order_by("-created_at")[:limit]
    )
    keys = keyring.subject_keys([patient_id], Domain.BILLING) if keyring.holds(Domain.BILLING) else None
    return [ClaimLine(row, keys.open(row, "payload") if keys else None, LABELS[row.state]) for row in rows]


def one(*, keyring: Keyring, claim: Claim) -> ClaimPayload:
    """Raises NoKey, CannotOpen."""
    payload: ClaimPayload = keyring.subject_keys([claim.patient_id], Domain.BILLING).open(claim, "payload")
    return payload


def settlements(claim: Claim) -> list[Allocation]:
    """What was paid, given back and given up for a claim, in order: two queries."""
    rows = Allocation.objects.filter(claim=claim).select_related("payment")
    return list(rows.prefetch_related("payment__reversals").order_by("made_at", "pk"))


def of_gesture(gesture: int) -> list[Payment]:
    """The payments received together, in order."""
    return list(Payment.objects.filter(gesture=gesture).order_by("pk"))


def parts_of(made: list[Payment]) -> list[tuple[Claim, int]]:
    """(claim, cents) that these payments settle: two queries."""
    rows = Allocation.objects.filter(payment__in=[row.pk for row in made])
    cents = dict(rows.values_list("claim_id").annotate(Sum("cents")))
    claims = Claim.objects.filter(pk__in=cents).order_by("established_on", "pk")
    return [(claim, cents[claim.pk]) for claim in claims]


def accounts_of(patient_id: int) -> list[tuple[Practitioner, int]]:
    """« Acomptes » of a patient that serve no claim yet, by practitioner: three queries at most."""
    held = dict(
        Payment.objects.filter(patient_id=patient_id)
        .values_list("practitioner_id")
        .annotate(Sum("amount_cents"))
    )
    if not held:
        return []
    for practitioner_id, cents in (
        Allocation.objects.filter(payment__patient_id=patient_id)
        .values_list("payment__practitioner_id")
        .annotate(Sum("cents"))
    ):
        held[practitioner_id] -= cents
    left = {pk: cents for pk, cents in held.items() if cents > 0}
    return [(row, left[row.pk]) for row in Practitioner.objects.filter(pk__in=left)] if left else []


@dataclass(frozen=True)
class TillRow:
    """A payment, the numbers of the claims it settles, the patient's name (empty where it may not be read)."""

    payment: Payment
    numbers: str
    name: str


@dataclass(frozen=True)
class Till:
    """A day's money, of one practitioner, of several, or of the practice. ``totals``: (mode's label, cents)."""

    day: date
    totals: list[tuple[str, int]]
    total: int
    rows: list[TillRow]


def till(*, keyring: Keyring, day: date, whose: Whose = None) -> Till:
    """Needs no key for amounts; names only where ``admin`` is held. Four queries at most."""
    rows = Payment.objects.filter(received_at__gte=start_of(day), received_at__lt=start_of(day + DAY))
    payments = list(within(rows, whose).select_related("practitioner").order_by("received_at", "pk"))
    by_mode: dict[str, int] = defaultdict(int)
    for payment in payments:
        by_mode[payment.mode] += payment.amount_cents
    totals = [(str(label), by_mode[code]) for code, label in Payment.Mode.choices if code in by_mode]
    return Till(day, totals, sum(by_mode.values()), told(keyring, payments))


def told(keyring: Keyring, payments: list[Payment]) -> list[TillRow]:
    """Payments as lists show them: three queries at most."""
    numbers = numbers_of(payment.pk for payment in payments)
    names = {}
    if keyring.holds(Domain.ADMIN):
        names = names_of(keyring=keyring, patient_ids={payment.patient_id for payment in payments})
    return [
        TillRow(
            payment,
            numbers.get(payment.pk, ""),
            names[payment.patient_id].display_name if payment.patient_id in names else "",
        )
        for payment in payments
    ]


def numbers_of(payment_ids: Iterable[int]) -> dict[int, str]:
    """Payment → « 2026-00041, 2026-00042 »: one query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Allocation.objects.filter(payment_id__in=list(payment_ids)).order_by("pk")
    for payment_id, number in rows.values_list("payment_id", "claim__number"):
        if number not in found[payment_id]:
            found[payment_id].append(number)
    return {payment_id: ", ".join(numbers) for payment_id, numbers in found.items()}
