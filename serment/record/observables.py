"""Quantities offered while one types: their code and usual unit. Data of `data/observations.toml`, dated."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.formats.names import fold

_FILE = Path(__file__).parent / "data" / "observations.toml"


@dataclass(frozen=True)
class Observable:
    loinc: str
    label: str
    unit: str
    words: frozenset[str]


@cache
def known() -> tuple[Observable, ...]:
    return tuple(
        Observable(
            row["loinc"],
            row["label"],
            row["unit"],
            frozenset(fold(f"{row['label']} {row['words']}").replace("(", " ").replace(")", " ").split()),
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


def by_loinc(code: str) -> Observable | None:
    return next((item for item in known() if item.loinc == code), None)
