"""What the journal shows that someone should look at: many refusals, mass reading, night access, exports (E-TRAC-4).

A rule is a threshold on counts; it accuses nobody, and opens the violation's form with its facts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from serment.journal.models import Event

LOOK_BACK = timedelta(days=7)
READING = ("record.viewed", "patient.viewed")
MANY_FILES, WITHIN = 100, timedelta(minutes=10)
MANY_REFUSALS = 20
MANY_NIGHT_FILES = 15
MANY_COPIES = 10
NIGHT = (23, 6)


@dataclass(frozen=True)
class Signal:
    """``code``: the rule; ``text``: French, with a count and a time, never a patient."""

    code: str
    actor_id: int | None
    at: datetime
    text: str


def signals() -> list[Signal]:
    """Of the last seven days, newest first: one query on the journal."""
    since = timezone.now() - LOOK_BACK
    wanted = (*READING, "access.refused", "access.failed", "privacy.copy_made")
    rows = Event.objects.filter(at__gte=since, action__in=wanted).order_by("seq")
    events = list(rows.values_list("action", "actor_id", "subject_id", "at"))
    found = [*_mass_reading(events), *_night(events), *_refusals(events), *_copies(events)]
    return sorted(found, key=lambda signal: signal.at, reverse=True)


Row = tuple[str, int | None, int | None, datetime]


def blind_rules() -> list[str]:
    """Rules that do not see what they are for, each tried on made-up events; empty when all see."""
    day = timezone.localtime(timezone.now()).replace(hour=14, minute=0, second=0, microsecond=0)
    dark = day.replace(hour=2)
    tried = {
        "lecture en masse": _mass_reading([("record.viewed", 1, n, day) for n in range(100)]),
        "nuit": _night([("record.viewed", 1, n, dark) for n in range(20)]),
        "refus": _refusals([("access.refused", 1, None, day)] * 25),
        "copies": _copies([("privacy.copy_made", 1, n, day) for n in range(12)]),
    }
    return [name for name, found in tried.items() if not found]


def _mass_reading(events: list[Row]) -> list[Signal]:
    """The first moment at which someone had opened a hundred different files within ten minutes."""
    looks: dict[int | None, list[tuple[datetime, int | None]]] = defaultdict(list)
    for action, actor, subject, at in events:
        if action in READING:
            looks[actor].append((at, subject))
    found = []
    for actor, seen in looks.items():
        start = 0
        for end, (at, _) in enumerate(seen):
            while at - seen[start][0] > WITHIN:
                start += 1
            files = len({subject for _, subject in seen[start : end + 1]})
            if files >= MANY_FILES:
                found.append(Signal("mass_reading", actor, at, f"{files} dossiers ouverts en dix minutes"))
                break
    return found


def _by_day(
    events: list[Row], chosen: tuple[str, ...], night: bool = False
) -> dict[tuple[int | None, str], list[Row]]:
    days: dict[tuple[int | None, str], list[Row]] = defaultdict(list)
    for row in events:
        local = timezone.localtime(row[3])
        dark = local.hour >= NIGHT[0] or local.hour < NIGHT[1]
        if row[0] in chosen and (dark or not night):
            days[row[1], f"{local:%d/%m/%Y}"].append(row)
    return days


def _night(events: list[Row]) -> list[Signal]:
    found = []
    for (actor, day), rows in _by_day(events, READING, night=True).items():
        files = len({row[2] for row in rows})
        if files >= MANY_NIGHT_FILES:
            found.append(Signal("night", actor, rows[-1][3], f"{files} dossiers ouverts la nuit du {day}"))
    return found


def _refusals(events: list[Row]) -> list[Signal]:
    return [
        Signal("refusals", actor, rows[-1][3], f"{len(rows)} refus ou échecs le {day}")
        for (actor, day), rows in _by_day(events, ("access.refused", "access.failed")).items()
        if len(rows) >= MANY_REFUSALS
    ]


def _copies(events: list[Row]) -> list[Signal]:
    return [
        Signal("copies", actor, rows[-1][3], f"{len(rows)} copies de dossiers le {day}")
        for (actor, day), rows in _by_day(events, ("privacy.copy_made",)).items()
        if len(rows) >= MANY_COPIES
    ]
