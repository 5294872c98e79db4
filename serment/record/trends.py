"""The last value of each measure, with the way it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from serment.formats.units import MEASURES

Series = dict[str, list[tuple[datetime, float]]]
WORDS = {"up": "en hausse", "down": "en baisse", "same": "stable", "": ""}
ARROWS = {"up": "↗", "down": "↘", "same": "→", "": ""}


@dataclass(frozen=True)
class Last:
    """The last value of a measure. ``way``: "up", "down" or "same" from the one before, "" when there is none."""

    code: str
    label: str
    text: str
    way: str
    when: datetime

    @property
    def trend(self) -> str:
        return WORDS[self.way]

    @property
    def arrow(self) -> str:
        return ARROWS[self.way]


def last_values(sets: Iterable[tuple[datetime, dict[str, float]]]) -> list[Last]:
    """Of sets given newest first."""
    series: Series = {}
    for when, values in sets:
        for code, value in values.items():
            series.setdefault(code, []).append((when, value))
    found = []
    for code, kind in MEASURES.items():
        if code in series:
            (when, value), *older = series[code]
            before = older[0][1] if older else None
            way = "" if before is None else "up" if value > before else "down" if value < before else "same"
            found.append(Last(code, kind.label, kind.text(value), way, when))
    return found
