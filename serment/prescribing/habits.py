"""What a practitioner prescribes most comes first in their search."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from serment.access.models import Person
from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines
from serment.prescribing import official
from serment.prescribing.models import Usage

FIRST = 120
SHOWN = 8


def count(author: Person, keys: Iterable[str]) -> None:
    """One more for each medicine: two statements, three when one is new."""
    wanted = {key for key in keys if key}
    if not wanted:
        return
    rows = Usage.objects.filter(owner_id=author.pk, medicine_key__in=wanted)
    known = set(rows.values_list("medicine_key", flat=True))
    rows.update(count=F("count") + 1)
    Usage.objects.bulk_create(
        [
            Usage(practice_id=author.practice_id, owner_id=author.pk, medicine_key=key)
            for key in sorted(wanted - known)
        ],
        ignore_conflicts=True,
    )


def at_hand(person: Person) -> tuple[list[Medicine], list[str]]:
    """The medicines prescribed most that can still be, the first ones, one for each label: two queries, five where
    some are of the starter list. Of these the official equivalent, or their label in the second list.
    """
    keys = usual(person)
    found = medicines(keys)
    most = [found[key] for key in keys if key in found and not found[key].withdrawn][: SHOWN * 2]
    kept, gone = official.now(most)
    shown: dict[str, Medicine] = {}
    for one in kept:
        shown.setdefault(one.dci_label, one)
    return list(shown.values())[:SHOWN], list(dict.fromkeys(gone))


def usual(person: Person) -> list[str]:
    """Keys of the medicines used most, one query."""
    rows = Usage.objects.filter(owner_id=person.pk).order_by("-count", "medicine_key")
    return list(rows.values_list("medicine_key", flat=True)[:FIRST])
