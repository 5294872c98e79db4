"""Continuous numbers: one statement takes the next, and its row is held until the transaction ends."""

from __future__ import annotations

from django.db import connection

from serment.billing.models import Counter
from serment.billing.refusal import Refused
from serment.vault.ids import new_id
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice

MOST_SERIES = 100
"""The nine digits that a fund's return has for an invoice: two for the practitioner, two for the year, five."""

_NEXT = (
    "INSERT INTO billing_counter (id, practice_id, kind, practitioner_id, year, last) VALUES (%s, %s, %s, %s, %s, 1) "
    "ON CONFLICT (practice_id, kind, practitioner_id, year) DO UPDATE SET last = billing_counter.last + 1 "
    "RETURNING last"
)

_KNOWN = Prepared(
    lambda: Counter.objects.filter(
        kind=Counter.Kind.SERIES.value, practitioner_id=Slot("practitioner_id")
    ).values_list("last", flat=True)
)

_LOCK = (
    "INSERT INTO billing_counter (id, practice_id, kind, practitioner_id, year, last) VALUES (%s, %s, %s, %s, %s, 0) "
    "ON CONFLICT (practice_id, kind, practitioner_id, year) DO UPDATE SET last = billing_counter.last"
)


def take(kind: Counter.Kind, *, practitioner_id: int = 0, year: int = 0) -> int:
    """The next number of a series. A transaction that fails gives its number back: there is never a gap."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [new_id(), current_practice(), kind.value, practitioner_id, year])
        number: int = cursor.fetchone()[0]
    return number


def lock(kind: Counter.Kind, *, practitioner_id: int = 0, year: int = 0) -> None:
    """Hold a series, even one not begun, until the transaction ends: whoever takes a number of it waits."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [new_id(), current_practice(), kind.value, practitioner_id, year])


def claim_number(practitioner_id: int, year: int) -> str:
    """The next of a practitioner's own claims of the year, without a gap (ADR 0020).

    « 2026-00042 » for whoever billed first in the practice, « 2026-03-00042 » for the fourth. The rank is in the
    number, so that no two claims of the practice share one. Raises Refused past a hundred practitioners.
    """
    rank = _series(practitioner_id)
    if not rank:
        return f"{year}-{take(Counter.Kind.CLAIM, year=year):05d}"
    number = take(Counter.Kind.CLAIM, practitioner_id=practitioner_id, year=year)
    return f"{year}-{rank:02d}-{number:05d}"


def _series(practitioner_id: int) -> int:
    """A practitioner's rank in the practice, given with their first claim and kept for ever; 0 for the first."""
    for last in _KNOWN.all(practitioner_id=practitioner_id):
        return int(last) - 1
    lock(Counter.Kind.SERIES)
    for last in _KNOWN.all(practitioner_id=practitioner_id):  # given while the lock was waited for
        return int(last) - 1
    last = take(Counter.Kind.SERIES)
    if last > MOST_SERIES:
        raise Refused("Ce cabinet a déjà cent séries de factures\u00a0: on ne peut en ouvrir une autre.")
    Counter(
        id=new_id(),
        practice_id=current_practice(),
        kind=Counter.Kind.SERIES,
        practitioner_id=practitioner_id,
        last=last,
    ).save(force_insert=True)
    return last - 1
