"""Figures drawn from tracks: one per quantity, several compared on one, a child's on the growth standard. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from serment.formats.labs import bounds_text
from serment.record import growth
from serment.record.tracks import Course, Track, merged

PRESSURES = ("systolic", "diastolic")
UNITS_AT_ONCE = 2
BARS = 12


@dataclass(frozen=True)
class Chart:
    """One figure: its title, the JSON that the page draws, and the same values as a table, newest first.

    ``data`` is None where there is one moment only: nothing to draw, the value is said.
    """

    id: str
    title: str
    data: dict[str, Any] | None
    heads: list[str]
    rows: list[tuple[datetime, list[str]]]
    note: str = ""
    bars: list[Course] = field(default_factory=list)

    @property
    def json(self) -> str:
        """In an attribute of the figure: a script would not come through a swap of the page."""
        return json.dumps(self.data, ensure_ascii=False)


class TooManyUnits(ValueError):
    """A figure has two scales at most; the message is French."""


def of_all(
    tracks: Iterable[Track], courses: Iterable[Course], child: tuple[str, date] | None = None
) -> list[Chart]:
    """A figure for every quantity, the two pressures together; a ``child`` (sex, birth date) has growth curves."""
    tracks, bars = list(tracks), merged(courses)
    pressures = [track for track in tracks if track.measure in PRESSURES]
    found: list[Chart] = []
    grown = growth.MEASURES if child is not None else ()
    tracks.sort(key=lambda track: grown.index(track.measure) if track.measure in grown else len(grown))
    for track in tracks:
        name = track.measure or f"autre-{len(found)}"
        if child is not None and track.measure in growth.MEASURES:
            found.append(_grown(name, track, *child))
        elif track.measure not in PRESSURES:
            found.append(_timed(name, track.label, [track], bars))
        elif track is pressures[0]:
            title = "Tension artérielle" if len(pressures) == 2 else track.label
            found.append(_timed(track.measure, title, pressures, bars))
    return found


def compared(tracks: list[Track], courses: Iterable[Course]) -> Chart:
    """Several quantities on one figure, a scale for each unit. Raises TooManyUnits."""
    if len({track.unit for track in tracks}) > UNITS_AT_ONCE:
        raise TooManyUnits("Deux unités au plus sur une même figure\u00a0: retirez une grandeur.")
    return _timed("compare", " · ".join(track.label for track in tracks), tracks, merged(courses))


def _timed(name: str, title: str, tracks: list[Track], courses: list[Course]) -> Chart:
    moments = sorted({when for track in tracks for when, _ in track.points}, reverse=True)
    heads, rows = [track.label for track in tracks], _rows(tracks, moments)
    if len(moments) == 1:
        return Chart(name, title, None, heads, rows)
    bars = _within(courses, moments[-1].date(), moments[0].date())
    data: dict[str, Any] = {
        "unit": tracks[0].unit,
        "series": [
            {
                "label": track.label,
                "unit": track.unit,
                "points": [[when.isoformat(), value] for when, value in track.points],
            }
            for track in tracks
        ],
        "bars": [
            {
                "label": bar.label,
                "start": bar.start.isoformat(),
                "end": bar.end.isoformat() if bar.end else None,
            }
            for bar in bars
        ],
    }
    only = tracks[0] if len(tracks) == 1 else None
    bounds = bounds_text(only.low, only.high) if only is not None else ""
    note = f"Bornes du laboratoire\u00a0: {bounds} {tracks[0].unit}".rstrip() + "." if bounds else ""
    if only is not None and only.low is not None and only.high is not None:
        data["range"] = [only.low, only.high]
    return Chart(name, title, data, heads, rows, note, bars)


def _within(courses: list[Course], first: date, last: date) -> list[Course]:
    """Those that ran in the time drawn, the latest when there are many."""
    kept = [c for c in courses if c.start <= last and (c.end is None or c.end >= first)]
    return kept[-BARS:]


def _rows(tracks: list[Track], moments: list[datetime]) -> list[tuple[datetime, list[str]]]:
    columns: list[dict[datetime, list[str]]] = []
    for track in tracks:
        column: dict[datetime, list[str]] = {}
        for when, value in track.points:
            column.setdefault(when, []).append(f"{track.text_at(when, value)}{_side(track, value)}")
        columns.append(column)
    # Several values of one moment are all said, the last filed first as the moments are.
    return [(when, [" ; ".join(column.get(when, ["–"])[::-1]) for column in columns]) for when in moments]


def _side(track: Track, value: float) -> str:
    """« – haut », « – bas » against the bounds that came last."""
    if track.high is not None and value > track.high:
        return " – haut"
    return " – bas" if track.low is not None and value < track.low else ""


def _grown(name: str, track: Track, sex: str, born: date) -> Chart:
    """The child's points by age, on the percentiles of the standard."""
    when, value = track.points[-1]
    place = growth.place(track.measure, sex, born, when.date(), value)
    until = growth.window(growth.months_at(born, when.date()))
    reference = growth.curves(track.measure, sex, until)
    points = [[round(growth.months_at(born, at.date()), 2), number] for at, number in track.points]
    data = {
        "axis": "age",
        "unit": track.unit,
        "span": [0, until],
        "series": [
            {"label": track.label, "unit": track.unit, "points": points},
            *({"unit": track.unit, "reference": True, **curve} for curve in reference),
        ],
    }
    moments = sorted((at for at, _ in track.points), reverse=True)
    if place:
        note = f"{place.text}, standards de l’OMS (les courbes françaises ne sont pas libres)."
    elif reference:
        note = "Standards de l’OMS ; la dernière mesure est hors de leurs âges."
    else:
        note = "L’OMS ne donne pas de standard pour cette mesure à cet âge."
    return Chart(name, track.label, data, [track.label], _rows([track], moments), note)
