"""What makes the doses of a protocol vary, as its page shows it and posts it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from serment.prescribing import numbers
from serment.prescribing.dosage import rule_phrase
from serment.prescribing.fitting import shown
from serment.prescribing.forms import half_said
from serment.prescribing.payloads import Dosage, Line
from serment.prescribing.unsignable import Wrong

COLUMNS = ("dose", "per_kg", "max_dose", "renal_below", "renal_dose")


@dataclass(frozen=True)
class Row:
    """A line: ``text`` in French; ``values`` of its fields where its dose is one, column → what is typed."""

    text: str
    label: str = ""
    unit: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def rows(lines: list[Line], post: Any = None, wrong: Wrong | None = None) -> list[Row]:
    """The lines to show; with ``post``, what was typed there and what is wrong of it."""
    found: list[Row] = []
    place = 0
    for line in lines:
        if line.is_free or line.dosage is None:
            found.append(Row(line.text or line.dci_label))
            continue
        values = {name: _of(post, name, place) if post else _shown(line.dosage, name) for name in COLUMNS}
        text = f"{line.dci_label} – {rule_phrase(line.dosage)}"
        found.append(Row(text, line.dci_label, line.dosage.unit, values, (wrong or {}).get(place, {})))
        place += 1
    return found


def _of(post: Any, name: str, place: int) -> str:
    typed = post.getlist(name)
    return typed[place] if place < len(typed) else ""


def _shown(dosage: Dosage, name: str) -> str:
    """« 0,5 »; the dose of a line by weight is that of each patient."""
    return "" if name == "dose" and dosage.per_kg else shown(Decimal(getattr(dosage, name)))


def read(lines: list[Line], post: Any) -> tuple[list[Line], Wrong]:
    """The lines with what was posted for them, and what does not read: place among the doses → column → French.

    A page that posts no dose at all changes none.
    """
    if not any(post.getlist(name) for name in COLUMNS):
        return lines, {}
    changed, wrong, place = [], {}, 0
    for line in lines:
        if line.is_free or line.dosage is None:
            changed.append(line)
            continue
        dosage, said = _read(line.dosage, {name: _of(post, name, place) for name in COLUMNS})
        if said:
            wrong[place] = said
        changed.append(line.model_copy(update={"dosage": dosage}))
        place += 1
    return changed, wrong


def _read(dosage: Dosage, typed: dict[str, str]) -> tuple[Dosage, dict[str, str]]:
    given: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name, text in typed.items():
        try:
            if name == "renal_below":
                given[name] = numbers.whole(text, low=1, high=200)
            else:
                given[name] = numbers.decimal(text, high=1000 if name == "per_kg" else 10_000)
        except numbers.BadNumber as bad:
            given[name], said[name] = 0, str(bad)
    said = half_said(given) | said
    if not given["per_kg"] and not given["dose"] and "per_kg" not in said:
        said.setdefault("dose", "donnez la dose, ou des mg/kg")
    if given["per_kg"]:
        given |= {"dose": given["dose"] or dosage.dose, "unit": "mg"}
    return (dosage if said else dosage.model_copy(update=given)), said
