"""Measures over time: the last value of each with the way it goes, and whole series for the charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from serment.formats.units import MEASURES
from serment.record import growth

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


CHARTS = (("systolic", "diastolic"), *((c,) for c in MEASURES if c not in ("systolic", "diastolic")))
"""What is drawn together: the two pressures on one chart, every other measure on its own."""


@dataclass(frozen=True)
class Chart:
    """One figure: its title, the JSON that the page draws, and the same values as a table, newest first."""

    id: str
    title: str
    data: dict[str, Any]
    heads: list[str]
    rows: list[tuple[datetime, list[str]]]
    note: str = ""


def charts(series: Series, child: tuple[str, date] | None = None) -> list[Chart]:
    """A chart for every measure there is, from series oldest first; a ``child`` (sex, birth date) has growth curves."""
    found = []
    for codes in CHARTS:
        shown = [MEASURES[code] for code in codes if code in series]
        if not shown:
            continue
        lines = [
            {
                "label": kind.label,
                "unit": kind.shown,
                "points": [[when.isoformat(), value] for when, value in series[kind.code]],
            }
            for kind in shown
        ]
        columns = [dict(series[kind.code]) for kind in shown]
        moments = sorted({when for column in columns for when in column}, reverse=True)
        rows = [
            (
                when,
                [
                    kind.text(column[when]) if when in column else "–"
                    for kind, column in zip(shown, columns, strict=True)
                ],
            )
            for when in moments
        ]
        title = "Tension artérielle" if len(codes) == 2 else shown[0].label
        note = ""
        if child is not None and codes[0] in growth.MEASURES:
            sex, born = child
            when, value = series[codes[0]][-1]
            drawn = growth.curves(codes[0], sex, born, when)
            lines += [{**curve, "unit": shown[0].shown} for curve in drawn]
            place = growth.place(codes[0], sex, born, when.date(), value)
            note = (
                f"{place.text}, standards de l’OMS (les courbes françaises ne sont pas libres)."
                if place
                else ""
            )
        data = {"unit": shown[0].shown, "series": lines}
        found.append(Chart(codes[0], title, data, [kind.label for kind in shown], rows, note))
    return found
