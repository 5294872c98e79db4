"""Read claims and the till. Names and acts are opened only where the session holds their domains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Sum
from django.utils import timezone

from serment.billing.models import Claim, Payment
from serment.billing.payloads import ClaimPayload
from serment.billing.states import LABELS
from serment.patients.selectors import names_of
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring


@dataclass(frozen=True)
class ClaimLine:
    """A claim with its acts opened."""

    claim: Claim
    payload: ClaimPayload
    label: str
    payments: list[Payment]


def of_patient(*, keyring: Keyring, patient_id: int, limit: int = 50) -> list[ClaimLine]:
    """Newest first; three queries. Raises NoKey."""
    keys = keyring.subject_keys([patient_id], Domain.BILLING)
    rows = (
        Claim.objects.filter(patient_id=patient_id)
        .select_related("practitioner")
        .prefetch_related("payments__reversals")
        .order_by("-created_at")[:limit]
    )
    return [
        ClaimLine(row, keys.open(row, "payload"), LABELS[row.state], list(row.payments.all())) for row in rows
    ]


def one(*, keyring: Keyring, claim: Claim) -> ClaimPayload:
    """Raises NoKey, CannotOpen."""
    payload: ClaimPayload = keyring.subject_keys([claim.patient_id], Domain.BILLING).open(claim, "payload")
    return payload


@dataclass(frozen=True)
class Till:
    """A day's money. ``rows``: (payment, patient's name or empty)."""

    day: date
    totals: list[tuple[str, int]]
    total: int
    rows: list[tuple[Payment, str]]


def till(*, keyring: Keyring, day: date) -> Till:
    """Needs no key for amounts; names only where ``admin`` is held."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    payments = list(
        Payment.objects.filter(received_at__gte=start, received_at__lt=start + timedelta(days=1))
        .select_related("claim")
        .order_by("received_at")
    )
    by_mode = {
        row["mode"]: row["cents"]
        for row in Payment.objects.filter(pk__in=[p.pk for p in payments])
        .values("mode")
        .annotate(cents=Sum("amount_cents"))
    }
    names = {}
    if keyring.holds(Domain.ADMIN):
        names = names_of(keyring=keyring, patient_ids={p.claim.patient_id for p in payments})
    rows = [
        (p, names[p.claim.patient_id].display_name if p.claim.patient_id in names else "") for p in payments
    ]
    totals = [(str(label), by_mode[code]) for code, label in Payment.Mode.choices if code in by_mode]
    return Till(day, totals, sum(by_mode.values()), rows)


def unpaid(*, keyring: Keyring, limit: int = 100) -> list[tuple[Claim, str]]:
    """Claims not settled, oldest first, with the patient's name where it may be read."""
    rows = list(
        Claim.objects.filter(state__in=["established", "part_paid"]).order_by("established_on", "pk")[:limit]
    )
    names = {}
    if keyring.holds(Domain.ADMIN):
        names = names_of(keyring=keyring, patient_ids={row.patient_id for row in rows})
    return [(row, names[row.patient_id].display_name if row.patient_id in names else "") for row in rows]
