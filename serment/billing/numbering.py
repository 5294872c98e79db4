"""Continuous numbers: one statement takes the next, and its row is held until the transaction ends."""

from __future__ import annotations

from django.db import connection

from serment.billing.models import Counter
from serment.vault.ids import new_id
from serment.vault.tenancy import current_practice

_NEXT = (
    "INSERT INTO billing_counter (id, practice_id, kind, practitioner_id, year, last) VALUES (%s, %s, %s, %s, %s, 1) "
    "ON CONFLICT (practice_id, kind, practitioner_id, year) DO UPDATE SET last = billing_counter.last + 1 "
    "RETURNING last"
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
