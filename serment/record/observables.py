"""Quantities offered while one types: their code and usual unit. Data of `data/observations.toml`, dated."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.formats.names import fold

_FILE = Path(__file__).parent / "data" / "observations.toml"


_APART = re.compile(r"[()]")


@dataclass(frozen=True)
class Observable:
    """``units``: the usual one first, then those it is written in too. ``names``, folded: what it is called in full.

    The names are its label, whole, without what stands in parentheses, and that alone; and those the data add.
    """

    loinc: str
    label: str
    unit: str
    words: frozenset[str]
    units: tuple[str, ...]
    names: frozenset[str]


@cache
def known() -> tuple[Observable, ...]:
    return tuple(
        Observable(
            row["loinc"],
            row["label"],
            row["unit"],
            frozenset(fold(f"{row['label']} {row['words']}").split()),
            (row["unit"], *row.get("also", ())),
            frozenset(map(fold, (row["label"], *_APART.split(row["label"]), *row.get("names", ())))) - {""},
        )
        for row in tomllib.loads(_FILE.read_text())["observation"]
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
    return next((item for item in known() if unit in item.units and fold(text) in item.names), None)


def by_loinc(code: str) -> Observable | None:
    return next((item for item in known() if item.loinc == code), None)
