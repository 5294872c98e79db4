"""Orders that are not medicines: what the page of each kind posts, and its signature."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from serment.catalogues.models import Orderable
from serment.catalogues.orderables import orderables
from serment.prescribing import numbers
from serment.prescribing.kinds import Kind, summary
from serment.prescribing.payloads import FREE_LENGTH, MOST_LINES, NOTE_LENGTH, Dosage, Line


class BadOrder(ValueError):
    """French: what this order lacks. ``wrong``: place of a line from 0 → column → what is wrong there."""

    def __init__(self, text: str, wrong: dict[int, dict[str, str]] | None = None) -> None:
        super().__init__(text)
        self.wrong = wrong or {}


@dataclass(frozen=True)
class Typed:
    """A line as it is being written: ``key`` of the catalogue or empty, words, pieces, a note, what is wrong there."""

    key: str
    text: str
    count: str
    note: str
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def shown_key(self) -> str:
        """« NABM 1104 »"""
        return self.key.upper().replace(":", " ")


def typed(post: Any) -> list[Typed]:
    """The lines posted, all of them and in their order, those without words left out."""
    columns = [post.getlist(name) for name in ("item", "text", "count", "note")]
    length = len(columns[1])
    padded = [column + [""] * (length - len(column)) for column in columns]
    return [Typed(*(value.strip() for value in row)) for row in zip(*padded, strict=False) if row[1].strip()]


def shown_as(orderable: Orderable) -> str:
    """What is written on the line for an act or a device."""
    return orderable.common or orderable.label


def read(kind: Kind, rows: list[Typed], details: dict[str, str]) -> list[Line]:
    """Lines to sign, none cut. Raises BadOrder when there is none or too many, or when one does not read."""
    if kind.summary:
        return [Line(text=summary(kind, details))]
    if not rows:
        raise BadOrder(f"Ajoutez au moins une ligne ({kind.line.lower()}).")
    if len(rows) > MOST_LINES:
        raise BadOrder(
            f"Une ordonnance a {MOST_LINES} lignes au plus, celle-ci en a {len(rows)} : faites-en deux."
        )
    known = orderables(row.key for row in rows if row.key)
    wrong = {place: said for place, row in enumerate(rows) if (said := _wrong(row))}
    for place, said in wrong.items():
        raise BadOrder(f"Ligne {place + 1} : {next(iter(said.values()))}.", wrong)
    return [
        Line(
            text=row.text,
            code=row.key if row.key in known else "",
            boxes=int(row.count or 0),
            dosage=Dosage(note=row.note) if row.note else None,
        )
        for row in rows
    ]


def _wrong(row: Typed) -> dict[str, str]:
    """Column → what is wrong there."""
    found = {}
    for name, most in (("text", FREE_LENGTH), ("note", NOTE_LENGTH)):
        if len(getattr(row, name)) > most:
            found[name] = f"{most} caractères au plus : raccourcissez, rien n’est coupé"
    try:
        numbers.whole(row.count, low=1, high=99)
    except numbers.BadNumber:
        found["count"] = "la quantité est entre 1 et 99"
    return found


def marked(rows: list[Typed], wrong: dict[int, dict[str, str]]) -> list[Typed]:
    """The lines with what is wrong beside each."""
    return [replace(row, wrong=wrong.get(place, {})) for place, row in enumerate(rows)]


def again(lines: list[Line]) -> list[Typed]:
    """Lines of a signed order, to be renewed."""
    return [
        Typed(line.code, line.text, str(line.boxes or ""), line.dosage.note if line.dosage else "")
        for line in lines
    ]
