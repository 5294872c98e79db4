"""Quantities offered while one types: code, units, what is likely. Data of `data/observations.toml`, dated."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.formats import ucum
from serment.formats.names import fold
from serment.formats.text import number_text
from serment.formats.units import MEASURES, MeasureKind

_FILE = Path(__file__).parent / "data" / "observations.toml"
_APART = re.compile(r"[()]")
SCALES = {"weight": {"g": 0.001}, "height": {"m": 100.0}, "head": {"mm": 0.1}}
"""Measure → other units that it is written in, and by how much to bring them to its own."""


@dataclass(frozen=True)
class Observable:
    """``likely``: unit → (low, high), the usual unit first. ``most``: unit → what cannot be passed.

    ``names``: folded, what it is called in full: its label, whole, without what stands in parentheses, that alone, and
    those that the data add.
    """

    loinc: str
    label: str
    likely: dict[str, tuple[float, float]]
    most: dict[str, float]
    words: frozenset[str]
    names: frozenset[str]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(self.likely)

    @property
    def unit(self) -> str:
        """The usual one."""
        return self.units[0]

    def has_code_in(self, unit: str) -> bool:
        """A LOINC code names a property too: « g/L » and « mmol/L » of one quantity have each their own."""
        return unit in self.likely and ("mol" in unit) == ("mol" in self.unit)

    def impossible(self, value: float, unit: str) -> str:
        """Why this value cannot be, in French; empty when it can. None of these quantities is negative."""
        if value < 0:
            return "Cette grandeur n’est jamais négative\u00a0: vérifiez la valeur."
        most = self.most.get(unit)
        if most is not None and value > most:
            return f"Au plus {number_text(most)}\u00a0{unit} pour cette grandeur\u00a0: vérifiez la valeur ou l’unité."
        return ""

    def odd(self, value: float, unit: str) -> str:
        """What to confirm of a value and its unit, in French; empty when both are usual."""
        text = f"{self.label}\u00a0: {number_text(value)}\u00a0{unit}".rstrip("\u00a0")
        if unit not in self.likely:
            expected = " ou ".join(filter(None, self.units)) or "sans unité"
            return f"{text}, unité inattendue (attendu\u00a0: {expected})"
        low, high = self.likely[unit]
        return "" if low <= value <= high else f"{text}, peu vraisemblable"


@cache
def known() -> tuple[Observable, ...]:
    """Those of the data, then what consultations measure: noted here, a value of another day joins the same curve."""
    data = tomllib.loads(_FILE.read_text())
    listed = (
        Observable(
            row["loinc"],
            row["label"],
            {unit: (low, high) for unit, (low, high) in row["units"].items()},
            row.get("most", {}),
            _words(row["label"], row["words"], *row.get("names", ())),
            frozenset(map(fold, (row["label"], *_APART.split(row["label"]), *row.get("names", ())))) - {""},
        )
        for row in data["observation"]
    )
    return (*listed, *(_measured(kind, data["measures"].get(kind.code, ())) for kind in MEASURES.values()))


def _words(*texts: str) -> frozenset[str]:
    return frozenset(_APART.sub(" ", fold(" ".join(texts))).split())


def _measured(kind: MeasureKind, names: Iterable[str]) -> Observable:
    scales = SCALES.get(kind.code, {})
    bounds = {kind.shown: (kind.soft, kind.hard[1])}
    bounds |= {u: ((kind.soft[0] / by, kind.soft[1] / by), kind.hard[1] / by) for u, by in scales.items()}
    return Observable(
        kind.loinc,
        kind.label,
        {unit: likely for unit, (likely, _) in bounds.items()},
        {unit: most for unit, (_, most) in bounds.items()},
        _words(kind.label, *names),
        frozenset(map(fold, (kind.label, *names))),
    )


def search(text: str, limit: int = 8) -> list[Observable]:
    """Those of which every typed word begins a word."""
    wanted = fold(text).split()
    if not wanted:
        return []
    found = [item for item in known() if all(any(word.startswith(w) for word in item.words) for w in wanted)]
    return found[:limit]


def named(text: str, unit: str) -> Observable | None:
    """The quantity called so, « hba1c », « CRP », in one of its units; None for any other unit or words."""
    return next((item for item in known() if item.has_code_in(unit) and fold(text) in item.names), None)


def by_loinc(code: str) -> Observable | None:
    return next((item for item in known() if item.loinc == code), None)


def called(text: str, unit: str) -> Observable | None:
    """What a person calls so, « hba1c », « CRP »; of two, the one that has this unit, else the first."""
    found = [item for item in known() if fold(text) in item.names]
    return next((item for item in found if unit in item.likely), found[0] if found else None)


def odd_unknown(value: float, unit: str) -> list[str]:
    """What to confirm of a number that is in no list, in French."""
    found = []
    if value < 0:
        found.append(f"{number_text(value)} est négatif")
    if unit and not ucum.is_known(unit) and not any(unit in item.likely for item in known()):
        found.append(f"Unité\u00a0: «\u00a0{unit}\u00a0» n’est pas une unité connue (UCUM)")
    return found
