"""Accounts past their term: rows go, the year's sums stay (R7.1, R7.8; the months are a rule of the profile).

A year ends as a whole: what was received, claimed, taken to the bank or closed before its last day, so many months ago.
What is tied to a later year, or to a patient whose data must wait, stays until it can go with the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from serment.billing.models import (
    Allocation,
    BankLine,
    BankMatch,
    Claim,
    DepositSlip,
    EndedYear,
    Payment,
    TillClosing,
    Transfer,
)


@dataclass(frozen=True)
class Ended:
    """Ids of the claims and payments that may go, and the first day that stays."""

    claims: frozenset[int]
    payments: frozenset[int]
    start: date

    @property
    def count(self) -> int:
        return len(self.claims) + len(self.payments)


def first_day_kept(limit: date) -> date:
    """« From the close of the year »: a year that closed before ``limit`` has ended whole."""
    return date(limit.year, 1, 1)


def ended(limit: date, keep: Collection[int] = ()) -> Ended:
    """What has ended. ``keep``: ids of patients whose data must wait. Six queries, and no key."""
    start = first_day_kept(limit)
    midnight = timezone.make_aware(datetime.combine(start, time.min))
    old = Payment.objects.filter(received_at__lt=midnight)
    late = old.filter(
        Q(reversals__received_at__gte=midnight)
        | Q(matches__line__booked_on__gte=start)
        | Q(slip__made_on__gte=start)
        | Q(transfer__announced_on__gte=start)
    )
    payments = set(old.exclude(patient_id__in=keep).values_list("pk", flat=True)) - set(
        late.values_list("pk", flat=True)
    )
    old_claims = Claim.objects.filter(established_on__lt=start).exclude(patient_id__in=keep)
    claims = set(old_claims.values_list("pk", flat=True))
    ties = list(
        Allocation.objects.filter(
            Q(claim__established_on__lt=start) | Q(payment__received_at__lt=midnight)
        ).values_list("claim_id", "payment_id")
    )
    reversed_ = dict(old.filter(reverses__isnull=False).values_list("pk", "reverses_id"))
    return _settled(claims, payments, ties, reversed_, start)


def _settled(
    claims: set[int],
    payments: set[int],
    ties: list[tuple[int, int | None]],
    reversals: dict[int, int],
    start: date,
) -> Ended:
    """Take off whatever is tied to something that stays, until nothing more must be."""
    while True:
        held_claims = {c for c, p in ties if c in claims and p is not None and p not in payments}
        held = {p for c, p in ties if p in payments and c not in claims}
        held |= {p for p, of in reversals.items() if p in payments and of not in payments}
        held |= {of for p, of in reversals.items() if of in payments and p not in payments}
        if not held_claims and not held:
            return Ended(frozenset(claims), frozenset(payments), start)  # type: ignore[arg-type]
        claims, payments = claims - held_claims, payments - held


@transaction.atomic
def end(found: Ended) -> int:
    """Keep the sums of each year, then delete the rows; gives how many claims and payments went."""
    _keep_sums(found)
    payments, claims = _some(found.payments), _some(found.claims)
    for ids in payments:
        BankMatch.objects.filter(payment_id__in=ids).delete()
        Allocation.objects.filter(payment_id__in=ids).delete()
    for ids in claims:
        Allocation.objects.filter(claim_id__in=ids).delete()
        Claim.objects.filter(pk__in=ids).delete()
    for ids in payments:
        Payment.objects.filter(pk__in=ids, reverses__isnull=False).delete()
    for ids in payments:
        Payment.objects.filter(pk__in=ids).delete()
    _end_papers(found.start)
    return found.count


def _some(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[first : first + 500] for first in range(0, len(ordered), 500)]


def _end_papers(start: date) -> None:
    """Slips, announced transfers, bank lines and closings of ended years that nothing is tied to any more."""
    slips = DepositSlip.objects.filter(made_on__lt=start, cheques=None)
    transfers = Transfer.objects.filter(announced_on__lt=start, payments=None)
    BankMatch.objects.filter(line__booked_on__lt=start).filter(
        Q(slip__in=slips.values("pk")) | Q(transfer__in=transfers.values("pk"))
    ).delete()
    BankLine.objects.filter(booked_on__lt=start, matches=None).delete()
    slips.filter(matches=None).delete()
    transfers.filter(matches=None).delete()
    TillClosing.objects.filter(day__lt=start).delete()


def _keep_sums(found: Ended) -> None:
    years: dict[tuple[int, int], EndedYear] = {}

    def of(practitioner_id: int, year: int) -> EndedYear:
        key = (practitioner_id, year)
        if key not in years:
            known = EndedYear.objects.filter(practitioner_id=practitioner_id, year=year).first()
            years[key] = known or EndedYear(practitioner_id=practitioner_id, year=year)
        return years[key]

    for ids in _some(found.payments):
        for practitioner_id, at, mode, cents in Payment.objects.filter(pk__in=ids).values_list(
            "practitioner_id", "received_at", "mode", "amount_cents"
        ):
            row = of(practitioner_id, timezone.localtime(at).year)
            row.receipts[mode] = row.receipts.get(mode, 0) + cents
            row.payments += 1
    for ids in _some(found.claims):
        for practitioner_id, on, state, cents in Claim.objects.filter(pk__in=ids).values_list(
            "practitioner_id", "established_on", "state", "total_cents"
        ):
            row = of(practitioner_id, on.year)
            row.claims += 1
            row.claimed_cents += cents if state != "cancelled" else 0
    for row in years.values():
        row.save()
