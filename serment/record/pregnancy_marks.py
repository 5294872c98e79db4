"""A step of a pregnancy's follow-up marked by hand, and unmarked: a version of the pregnancy each, with its author."""

from __future__ import annotations

from datetime import date

from serment.access.models import Person
from serment.record import gestation, selectors
from serment.record.kinds.pregnancy import Pregnancy, StepMark
from serment.record.models import Entry
from serment.record.services import Refused, correct_entry
from serment.vault.keyring import Keyring


def mark(
    *, keyring: Keyring, author: Person, entry: Entry, version: int, step: str, way: str, on: date | None
) -> None:
    """Say that a step was done, here or elsewhere, or is not wanted. Raises Refused, NoKey."""
    content, label = _at_hand(keyring, entry, step)
    if way != "unwanted" and on and on < content.origin:
        raise Refused("Ce jour précède la grossesse\u00a0: vérifiez-le.")
    new = StepMark.model_validate({"step": step, "way": way, "on": None if way == "unwanted" else on})
    marks = [*_others(content, step), new]
    _write(keyring, author, entry, version, content, marks, f"suivi\u00a0: {label}, {new.text}")


def unmark(*, keyring: Keyring, author: Person, entry: Entry, version: int, step: str) -> None:
    """Take back what was marked. Raises Refused, NoKey."""
    content, label = _at_hand(keyring, entry, step)
    why = f"suivi\u00a0: {label}, marque retirée"
    _write(keyring, author, entry, version, content, _others(content, step), why)


def _at_hand(keyring: Keyring, entry: Entry, step: str) -> tuple[Pregnancy, str]:
    content = selectors.one(keyring=keyring, entry=entry).content
    label = gestation.step_label(step)
    if not isinstance(content, Pregnancy) or not label:
        raise Refused("Cette étape n’est pas de ce suivi\u00a0: rechargez la page.")
    return content, label


def _others(content: Pregnancy, step: str) -> list[StepMark]:
    return [mark for mark in content.marks if mark.step != step]


def _write(
    keyring: Keyring,
    author: Person,
    entry: Entry,
    version: int,
    content: Pregnancy,
    marks: list[StepMark],
    reason: str,
) -> None:
    correct_entry(
        keyring=keyring,
        author=author,
        entry_id=entry.pk,
        version=version,
        payload=content.model_copy(update={"marks": marks}),
        reason=reason,
    )
