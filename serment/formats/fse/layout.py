"""Positional records by their tables: read a field, write a record, say where it is wrong."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

LENGTH = 128
_FOLDER = Path(__file__).parent / "data"

B2_VERSIONS = {"liberal-2007": "b2_liberal.csv"}
"""Layouts that this program writes and reads: version → its table. The establishments' one (norm « CP ») is another
table, and is not here: a file of theirs is refused, never misread.
"""
B2_CURRENT = "liberal-2007"


class Fault(ValueError):
    """What is wrong and where: ``record`` and ``column`` begin at one; the reason is French."""

    def __init__(self, record: int, column: int, reason: str) -> None:
        super().__init__(f"enregistrement {record}, colonne {column} : {reason}")
        self.record, self.column, self.reason = record, column, reason


@dataclass(frozen=True)
class Field:
    """``start`` and ``end``: columns, both counted. ``kind``: A text, N digits, D date AAMMJJ."""

    code: str
    start: int
    end: int
    kind: str = "A"
    required: bool = False

    @property
    def width(self) -> int:
        return self.end - self.start + 1

    def of(self, record: str) -> str:
        return record[self.start - 1 : self.end]


@cache
def b2(version: str = B2_CURRENT) -> dict[str, tuple[Field, ...]]:
    """Record type (0, 1, 2, 4, 4M, 5, 6, 9 for 999) → its fields, which cover all 128 columns. Raises KeyError."""
    found: dict[str, list[Field]] = {}
    with (_FOLDER / B2_VERSIONS[version]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault(row["record"], []).append(
                Field(row["code"], int(row["start"]), int(row["end"]), row["type"], row["presence"] == "O")
            )
    return {kind: tuple(fields) for kind, fields in found.items()}


@cache
def noemie() -> dict[str, tuple[Field, ...]]:
    """Entity → its fields after the three digits of its type; the delimiter stands right after the last."""
    found: dict[str, list[Field]] = {}
    with (_FOLDER / "noemie_ps.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault(row["entity"], []).append(Field(row["code"], int(row["start"]), int(row["end"])))
    return {kind: tuple(fields) for kind, fields in found.items()}


def values(fields: tuple[Field, ...], record: str) -> dict[str, str]:
    """Field code → text as it stands, blanks included."""
    return {field.code: field.of(record) for field in fields if field.code != "blank"}


def compose(fields: tuple[Field, ...], given: Mapping[str, object]) -> str:
    """A record from its values: text to the left, numbers to the right with zeros, what is not given empty.

    Raises ValueError (a programming error) for a value that does not fit, or an unknown field.
    """
    unknown = set(given) - {field.code for field in fields}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    parts = []
    for field in fields:
        value = given.get(field.code, "")
        text = f"{value:%y%m%d}" if isinstance(value, date) else str(value)
        parts.append(text.rjust(field.width, "0") if field.kind in ("N", "D") else text.ljust(field.width))
        if len(parts[-1]) != field.width:
            raise ValueError(f"{field.code}: {text!r} is longer than {field.width}")
    return "".join(parts)


def check(fields: tuple[Field, ...], record: str, place: int) -> None:
    """Types and presence of every field. Raises Fault at the first that is wrong."""
    for field in fields:
        text = field.of(record)
        if field.kind in ("N", "D"):
            if not text.strip() and not field.required:
                continue
            if not text.isascii() or not text.isdigit():
                raise Fault(place, field.start, f"« {field.code} » : {field.width} chiffres attendus")
            if field.kind == "D" and (field.required or int(text)) and day(text) is None:
                raise Fault(place, field.start, f"« {field.code} » : date AAMMJJ attendue")
        elif field.required and not text.strip():
            raise Fault(place, field.start, f"« {field.code} » est obligatoire")


def day(text: str) -> date | None:
    """AAMMJJ, in the century that makes it closest to now; None for anything else."""
    try:
        year, month, number = int(text[:2]), int(text[2:4]), int(text[4:6])
        century = 2000 if year <= (date.today().year + 1) % 100 else 1900
        return date(century + year, month, number)
    except ValueError:
        return None
