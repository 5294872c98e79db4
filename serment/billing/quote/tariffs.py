"""The dated tariffs and rates, read from data. A code without a sourced row of the day is absent, and says so."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "data"


class Unpriced(ValueError):
    """No price is known for a code on that day; the message is French."""


@dataclass(frozen=True)
class Row:
    """One price. ``starts`` is its first day; ``zone`` empty for everywhere."""

    starts: dt.date
    cents: int
    zone: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Tariff:
    """A code of one profession. ``kind``: act, key or extra; the other fields are what it asks of the situation."""

    profession: str
    code: str
    label: str
    kind: str
    rows: tuple[Row, ...]
    place: str = ""
    when: str = ""
    parcours: str = ""
    under_age: int = 0

    def on(self, day: dt.date, zone: str) -> Row:
        """The newest row of the day, that of the zone first. Raises Unpriced."""
        fitting = [row for row in self.rows if row.starts <= day and row.zone in ("", zone)]
        if not fitting:
            raise Unpriced(f"{self.code} : aucun tarif sourcé au {day:%d/%m/%Y} pour cette zone.")
        return max(fitting, key=lambda row: (row.starts, row.zone == zone))


@cache
def tariffs() -> dict[tuple[str, str], Tariff]:
    """(profession, code) → tariff."""
    found = {}
    for raw in tomllib.loads((_FOLDER / "tariffs.toml").read_text())["tariff"]:
        rows = tuple(
            Row(row["from"], row["cents"], row.get("zone", ""), row["source"], row["confidence"])
            for row in raw.pop("rows")
        )
        found[(raw["profession"], raw["code"])] = Tariff(rows=rows, **raw)
    return found


def find(profession: str, code: str) -> Tariff:
    """Raises Unpriced: unknown code, or one that belongs to another profession."""
    tariff = tariffs().get((profession, code))
    if tariff is not None:
        return tariff
    others = sorted(owner for owner, other in tariffs() if other == code)
    if others:
        raise Unpriced(f"{code} n’est pas un acte de cette profession (il est à : {', '.join(others)}).")
    raise Unpriced(
        f"{code} : ce code n’est pas dans les tarifs sourcés de ce logiciel ; il n’est pas inventé."
    )


@cache
def rates() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "rates.toml").read_text())
