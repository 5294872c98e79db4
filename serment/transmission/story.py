"""Move a sheet from one state to the next, and keep its story: the only place where a state changes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from django.utils import timezone

from serment.access.models import Person
from serment.transmission import states
from serment.transmission.models import Sheet, SheetEvent


def move(sheet: Sheet, state: str, author: Person | None, why: str = "") -> None:
    """Check, change, tell. The caller saves the sheet in the same transaction. Raises Forbidden."""
    states.check(sheet.state, state)
    sheet.state, sheet.updated_at = state, timezone.now()
    SheetEvent.objects.create(sheet=sheet, state=state, why=why[:24], author_id=author.pk if author else None)


def move_all(sheets: Iterable[Sheet], state: str, author: Person | None, why: str = "") -> list[Sheet]:
    """`move` for many: two statements whatever their number. Raises Forbidden for the first that may not."""
    rows, now = list(sheets), timezone.now()
    for sheet in rows:
        states.check(sheet.state, state)
        sheet.state, sheet.updated_at = state, now
    Sheet.objects.bulk_update(rows, ["state", "lot", "tries", "updated_at"], batch_size=200)
    SheetEvent.objects.bulk_create(
        [
            SheetEvent(sheet=sheet, state=state, why=why[:24], author_id=author.pk if author else None)
            for sheet in rows
        ],
        batch_size=200,
    )
    return rows


def born(sheet: Sheet, passed: Iterable[str], author: Person | None) -> None:
    """Write a new sheet in the last of the states that it has just gone through, all told: two statements."""
    names = list(passed)
    for old, new in pairwise(names):
        states.check(old, new)
    sheet.state = names[-1]
    sheet.save(force_insert=True)
    SheetEvent.objects.bulk_create(
        SheetEvent(sheet=sheet, state=name, author_id=author.pk if author else None) for name in names
    )
