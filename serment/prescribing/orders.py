"""Orders that are not medicines: what the page of each kind posts, and its signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serment.catalogues.models import Orderable
from serment.catalogues.orderables import orderables
from serment.prescribing.kinds import Kind, summary
from serment.prescribing.payloads import Dosage, Line

MOST = 30


class BadOrder(ValueError):
    """French: what this order lacks."""


@dataclass(frozen=True)
class Typed:
    """A line as it is being written: ``key`` of the catalogue or empty, words, pieces, a note."""

    key: str
    text: str
    count: str
    note: str

    @property
    def shown_key(self) -> str:
        """« NABM 1104 »"""
        return self.key.upper().replace(":", " ")


def typed(post: Any) -> list[Typed]:
    """The lines posted, in their order, those without words left out."""
    columns = [post.getlist(name) for name in ("item", "text", "count", "note")]
    length = len(columns[1])
    padded = [column + [""] * (length - len(column)) for column in columns]
    return [Typed(*(value.strip() for value in row)) for row in zip(*padded, strict=False) if row[1].strip()][
        :MOST
    ]


def shown_as(orderable: Orderable) -> str:
    """What is written on the line for an act or a device."""
    return orderable.common or orderable.label


def read(kind: Kind, rows: list[Typed], details: dict[str, str]) -> list[Line]:
    """Lines to sign. Raises BadOrder when there is none, or when a count does not read."""
    if kind.summary:
        return [Line(text=summary(kind, details)[:500])]
    if not rows:
        raise BadOrder(f"Ajoutez au moins une ligne ({kind.line.lower()}).")
    known = orderables(row.key for row in rows if row.key)
    lines = []
    for place, row in enumerate(rows, 1):
        if row.count and not (row.count.isdigit() and 1 <= int(row.count) <= 99):
            raise BadOrder(f"Ligne {place} : la quantité est entre 1 et 99.")
        lines.append(
            Line(
                text=row.text[:500],
                code=row.key if row.key in known else "",
                boxes=int(row.count or 0),
                dosage=Dosage(note=row.note[:200]) if row.note else None,
            )
        )
    return lines


def again(lines: list[Line]) -> list[Typed]:
    """Lines of a signed order, to be renewed."""
    return [
        Typed(line.code, line.text, str(line.boxes or ""), line.dosage.note if line.dosage else "")
        for line in lines
    ]
