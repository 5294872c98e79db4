"""What a record holds of a quantity over time, whoever measured it: a consultation, a note, a laboratory; and what ran
meanwhile. Two queries for all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import itemgetter

from django.utils import timezone
from pydantic import BaseModel

from serment.formats.names import fold
from serment.formats.text import number_text
from serment.formats.units import MEASURES
from serment.record import analytes, conversions, kinds, observables
from serment.record.conversions import Key
from serment.record.kinds.observation import Observation
from serment.record.kinds.result import Result
from serment.record.lab_trends import key_of, moment_of
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.keyring import Keyring

NUMBERS = ("measure", "observation", "result")
COURSES = ("treatment", "prescription")
LIMIT = 1500
_SHOWN = ("id", "practice_id", "patient_id", "kind", "version", "occurred_at", "updated_at", "payload")
_LOINC = {kind.loinc: kind.code for kind in MEASURES.values()}


Point = tuple[datetime, float, Key]
"""Moment, value, and the key it came with."""


@dataclass
class Track:
    """One quantity in one unit, that of its newest value. ``points`` oldest first.

    ``said``: of the points that were converted, the value and the unit they came in.

    The bounds are those of the newest value that came with some.

    ``key`` is a code of `formats.units.MEASURES`, a LOINC code, a local code or the folded label, with its unit.
    """

    key: tuple[str, str]
    label: str
    unit: str
    points: list[tuple[datetime, float]] = field(default_factory=list)
    low: float | None = None
    high: float | None = None
    said: dict[tuple[datetime, float], str] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """The code of `formats.units.MEASURES`, empty for anything else."""
        return self.key[0] if self.key[0] in MEASURES else ""

    def text(self, value: float) -> str:
        """``72,5 kg``"""
        kind = MEASURES.get(self.measure)
        return kind.text(value) if kind else f"{number_text(value)}\u00a0{self.unit}".rstrip("\u00a0")

    def text_at(self, when: datetime, value: float) -> str:
        """« 80,4 µmol/L (reçu\u00a0: 9,1 mg/L) » for a point that was converted."""
        said = self.said.get((when, value))
        return f"{self.text(value)} ({said})" if said else self.text(value)


@dataclass(frozen=True)
class Course:
    """A treatment while it ran; ``end`` is None while it still does."""

    label: str
    start: date
    end: date | None


@dataclass(frozen=True)
class Tracks:
    """``all``: the usual measures in their order, then the rest by label."""

    all: list[Track]
    courses: list[Course]

    def last(self, *codes: str) -> tuple[datetime, float, Track] | None:
        """The newest value under one of these codes (measure, LOINC or local), whatever the unit."""
        found = [(*track.points[-1], track) for track in self.all if track.key[0] in codes and track.points]
        return max(found, key=lambda item: item[0], default=None)


def of_patient(*, keyring: Keyring, patient_id: int) -> Tracks:
    """Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = (
        Entry.objects.filter(patient_id=patient_id, kind__in=NUMBERS + COURSES, state=Entry.State.SIGNED)
        .only(*_SHOWN)
        .order_by("-occurred_at", "-pk")[:LIMIT]
    )
    known: dict[Key, Track] = {}
    heard: dict[Key, list[Point]] = {}
    courses: list[Course] = []
    for row in rows:
        payload = keys.open(row, "payload")
        if row.kind == "measure":  # the many: read as they are stored
            _take_measures(heard, row.occurred_at, payload["values"])
            continue
        content = kinds.get(row.kind).model.model_validate(payload)
        if row.kind in COURSES:
            courses += _courses(content, row)
        else:
            for track, value, when in _numbers(content, row.occurred_at):
                heard.setdefault(conversions.group(track.key), []).append((when, value, track.key))
                before = known.setdefault(track.key, track)
                if before.low is None and before.high is None:  # rows come newest first
                    before.low, before.high = track.low, track.high
    found = [_joined(group, points, known) for group, points in heard.items()]
    order = {code: place for place, code in enumerate(MEASURES)}
    return Tracks(sorted(found, key=lambda t: (order.get(t.measure, len(order)), fold(t.label))), courses)


def _joined(group: Key, points: list[Point], known: dict[Key, Track]) -> Track:
    """One track of what can be compared, in the unit of its newest value. ``points`` come newest filed first.

    Of two values of one moment, the one that was filed last comes last, and is the last known. The same value of the
    same moment, sent again with what a correction did not touch, is one.
    """
    newest = max(points, key=itemgetter(0))[2]
    if newest not in known:
        known[newest] = Track(newest, MEASURES[newest[0]].label, MEASURES[newest[0]].shown)
    key, first = (group[0], newest[1]), known[newest]
    low, high = _bounds(points, known, newest[1])
    track = Track(key, first.label, first.unit, low=low, high=high)
    numbers: dict[tuple[datetime, float], None] = {}
    for when, value, own in points:
        if own[1] == newest[1]:
            numbers[when, value] = None
            continue
        number = conversions.convert(value, own, newest[1])
        numbers[when, number] = None
        doubt = ", à vérifier" if conversions.to_check(own) else ""
        track.said[when, number] = f"reçu\u00a0: {known[own].text(value)}{doubt}"
    track.points = list(numbers)[::-1]
    track.points.sort(key=itemgetter(0))
    return track


def _bounds(points: list[Point], known: dict[Key, Track], unit: str) -> tuple[float | None, float | None]:
    """The bounds that came last, in one unit."""
    for own in dict.fromkeys(key for _, _, key in points):
        low, high = (known[own].low, known[own].high) if own in known else (None, None)
        if low is not None or high is not None:
            low, high = (x if x is None else conversions.convert(x, own, unit) for x in (low, high))
            return low, high
    return None, None


def _take_measures(heard: dict[Key, list[Point]], when: datetime, values: dict[str, float]) -> None:
    for code, value in values.items():
        key = (code, MEASURES[code].shown)
        heard.setdefault(key, []).append((when, value, key))


def _numbers(content: BaseModel, noted: datetime) -> Iterable[tuple[Track, float, datetime]]:
    """(a track to begin with, value, moment) of each number that a content gives."""
    if isinstance(content, Observation):
        key = analytes.key_of(loinc=content.loinc, code=content.code, label=content.label, unit=content.unit)
        key, number = _scaled(key, content.value)
        track = _track(key, content.label, content.low, content.high)
        yield track, number, _moment(content.taken_on, noted)
    elif isinstance(content, Result):
        for item in content.values:
            value = item.number
            if value is not None and item.in_force:
                track = _track(key_of(item), item.label, item.low, item.high)
                yield track, value, moment_of(content, noted, item)


def _scaled(key: tuple[str, str], value: float) -> tuple[tuple[str, str], float]:
    """A birth weight in grams is a weight: the units that a measure is also written in are brought to its own."""
    measure = _LOINC.get(key[0], "")
    by = observables.SCALES.get(measure, {}).get(key[1])
    if by is None:
        return key, value
    return (key[0], MEASURES[measure].shown), round(value * by, 4)


def _track(key: tuple[str, str], label: str, low: float | None, high: float | None) -> Track:
    """A quantity that consultations measure too joins their curve when its unit is theirs."""
    name, unit = key
    known = MEASURES.get(_LOINC.get(name, ""))
    if known is not None and unit in (known.unit, known.shown):
        return Track((known.code, known.shown), known.label, known.shown)
    return Track(key, label, unit, low=low, high=high)


def _moment(day: date | None, noted: datetime) -> datetime:
    """Noon of the day it was measured on, or when it was noted."""
    return timezone.make_aware(datetime.combine(day, time(12))) if day else noted


def _courses(content: BaseModel, row: Entry) -> list[Course]:
    """What a content says of treatments: a kind that has some gives them by ``courses(noted, changed)``.

    What was written at once as it stands changed when it was noted, however late it was typed.
    """
    give = getattr(content, "courses", None)
    if give is None:
        return []
    last = row.updated_at if row.version > 1 else row.occurred_at
    noted, changed = (timezone.localdate(moment) for moment in (row.occurred_at, last))
    return [
        Course(label, start, end) for label, start, end in give(noted, changed) if end is None or end >= start
    ]


def _apart(before: Course, after: Course) -> bool:
    return before.end is not None and (after.start - before.end).days >= 15


def merged(courses: Iterable[Course]) -> list[Course]:
    """One bar for what follows on: the same label with less than two weeks between, oldest first."""
    done: list[Course] = []
    for course in sorted(courses, key=lambda c: (fold(c.label), c.start)):
        before = done[-1] if done else None
        if before is None or fold(before.label) != fold(course.label) or _apart(before, course):
            done.append(course)
        else:
            end = None if before.end is None or course.end is None else max(before.end, course.end)
            done[-1] = Course(before.label, before.start, end)
    return sorted(done, key=lambda c: (c.start, fold(c.label)))
