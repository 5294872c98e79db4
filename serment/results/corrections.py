"""What a laboratory corrects or takes back, in the record: the earlier value says so, stays to be read, counts no more.

HL7 v2 table 0085: C replaces a final result, D deletes it, W was of the wrong patient. The earlier entry gets a version
(R3.4): what was first received is in its history and in the original beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.formats.folding import fold
from serment.record.kinds.result import Result, ResultValue
from serment.record.lab_trends import group_of, moment_of
from serment.record.models import Entry
from serment.record.selectors import of_kind
from serment.record.services import NewEntry, add_entries, correct_entry
from serment.results.models import Incoming
from serment.vault.keyring import Keyring

Fates = dict[int, Literal["corrected", "removed"]]

_FATES: dict[str, Literal["corrected", "removed"]] = {"corrected": "corrected", "entered-in-error": "removed"}
_NEVER = datetime(1, 1, 2, tzinfo=UTC)
"""Stands for the day of a report that has none."""


@transaction.atomic
def add(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    result: Result,
    incoming: Incoming,
    occurred_at: datetime | None = None,
    entry_id: int | None = None,
) -> Entry:
    """A result into the record, and what it says of the earlier ones; an earlier one filed late is told too.

    What was received after decides: a result that the laboratory issues again after a correction is never hidden by it.
    The rows of « Ma journée » count again what is out of bounds: a value that counts no more is urgent no more;
    ``incoming`` is left to its caller to save. ``occurred_at``: when it was taken, None for now. Raises Refused, NoKey.
    """
    known: list[Any] = of_kind(keyring=keyring, patient_id=patient_id, kind="result")
    rows = Incoming.objects.filter(entry_id__in=[item.id for item in known])
    later = {row.entry_id for row in rows.only(*_ORDER) if _order(row) > _order(incoming)}
    after = [item for item in known if item.id in later]
    own: Fates = {}
    for item in after:
        own |= fates(of=result, by=item.content)
    marked = _marked(result, own)
    incoming.critical, incoming.abnormal = marked.counts
    [entry] = add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=[NewEntry("result", marked, id=entry_id)],
        occurred_at=occurred_at,
    )
    for item in known:
        found = fates(of=item.content, by=result) if item not in after else {}
        if found:
            marked = _marked(item.content, found)
            _count(item.id, marked)
            correct_entry(
                keyring=keyring,
                author=author,
                entry_id=item.id,
                version=item.version,
                payload=marked,
                reason=f"Corrigé ou retiré par le laboratoire, message reçu le {_day_of(incoming):%d/%m/%Y}.",
            )
    return entry


@transaction.atomic
def count_again(*, keyring: Keyring, author: Person, patient_id: int) -> None:
    """What the results that are left make of one another, once one of them has left this record.

    Raises Refused, NoKey.
    """
    known: list[Any] = of_kind(keyring=keyring, patient_id=patient_id, kind="result")
    rows = Incoming.objects.filter(entry_id__in=[item.id for item in known]).only(*_ORDER)
    order = {row.entry_id: _order(row) for row in rows}
    for item in known:
        content = item.content.model_copy(
            update={"values": [value.model_copy(update={"fate": ""}) for value in item.content.values]}
        )
        after = [other for other in known if _comes_after(order, other.id, item.id)]
        for other in sorted(after, key=lambda one: order[one.id]):
            content = _marked(content, fates(of=content, by=other.content))
        if content == item.content:
            continue
        _count(item.id, content)
        correct_entry(
            keyring=keyring,
            author=author,
            entry_id=item.id,
            version=item.version,
            payload=content,
            reason="Le message qui le corrigeait n’était pas de ce patient\u00a0: il a quitté ce dossier.",
        )


def _count(entry_id: int, result: Result) -> None:
    critical, abnormal = result.counts
    Incoming.objects.filter(entry_id=entry_id).update(critical=critical, abnormal=abnormal)


def _comes_after(order: dict[int | None, tuple[datetime, int]], other: int, one: int) -> bool:
    return other != one and other in order and one in order and order[other] > order[one]


_ORDER = ("id", "practice_id", "entry_id", "received_at")


def _order(incoming: Incoming) -> tuple[datetime, int]:
    return incoming.received_at, incoming.pk


def _day_of(incoming: Incoming) -> date:
    return timezone.localdate(incoming.received_at)


def _marked(result: Result, found: Fates) -> Result:
    values = [
        value.model_copy(update={"fate": found[place]}) if place in found else value
        for place, value in enumerate(result.values)
    ]
    return result.model_copy(update={"values": values})


def fates(*, of: Result, by: Result) -> Fates:
    """{place among the values of ``of``: what the corrections of ``by`` make of it}"""
    if of.laboratory and by.laboratory and fold(of.laboratory) != fold(by.laboratory):
        return {}
    return {
        place: _FATES[value.status]
        for value in by.values
        if value.status in _FATES
        for place in _earlier(value, by, of)
    }


def _earlier(value: ResultValue, by: Result, of: Result) -> list[int]:
    """Values that a correction is about: the same examination of the same specimen, of one moment.

    Where several may be, or the laboratory's references differ, none is: two values that are shown are safer than one
    that is wrongly hidden.
    """
    when, same_reference = _when(value, by), bool(by.reference) and by.reference == of.reference
    alike = [
        place for place, other in enumerate(of.values) if other.in_force and _same_examination(value, other)
    ]
    if value.has_hour:
        exact = [p for p in alike if of.values[p].has_hour and _when(of.values[p], of) == when]
        if exact:
            return exact
    if not same_reference and timezone.localdate(when).year == 1:
        return []
    same_day = [p for p in alike if timezone.localdate(_when(of.values[p], of)) == timezone.localdate(when)]
    hours = value.has_hour and any(of.values[p].has_hour for p in same_day)
    if (by.reference and of.reference and not same_reference) or (hours and not same_reference):
        return []
    return same_day if len(same_day) == 1 else []


def replaced(value: ResultValue, by: Result, others: list[Result]) -> str:
    """What the laboratory had said before this correction, « 6,9 mmol/L »; empty where the record does not hold it."""
    if value.status != "corrected":
        return ""
    day = timezone.localdate(_when(value, by))
    said = (
        earlier.text
        for other in others
        for earlier in other.values
        if earlier.fate == "corrected"
        and _same_examination(value, earlier)
        and timezone.localdate(_when(earlier, other)) == day
    )
    return next(said, "")


def _when(value: ResultValue, result: Result) -> datetime:
    return moment_of(result, _NEVER, value)


def _same_examination(one: ResultValue, other: ResultValue) -> bool:
    """Whatever the unit: it may be what is corrected."""
    return group_of(one)[0] == group_of(other)[0] or (bool(one.code) and one.code == other.code)
