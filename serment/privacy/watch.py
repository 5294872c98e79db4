"""What the journal shows that someone should look at: many refusals, mass reading, night access, exports (E-TRAC-4).

A rule is a threshold on counts; it accuses nobody, and opens the violation's form with its facts.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from serment.journal.models import Event
from serment.vault.tenancy import current_practice

LOOK_BACK = timedelta(days=7)
RECENT_SECONDS = 60
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


_kept: dict[int, tuple[float, list[Signal]]] = {}


def recent() -> list[Signal]:
    """What `signals` found at most a minute ago: for « Ma journée », asked all day by each of the practice."""
    practice_id, now = current_practice(), time.monotonic()
    at, found = _kept.get(practice_id, (0.0, []))
    if not at or now - at > RECENT_SECONDS:
        found = signals()
        _kept[practice_id] = now, found
    return found


def forget_recent() -> None:
    _kept.clear()


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
    crossed = ((actor, _crossing(seen)) for actor, seen in looks.items() if len(seen) >= MANY_FILES)
    return [
        Signal("mass_reading", actor, at, f"{MANY_FILES} dossiers ouverts en dix minutes")
        for actor, at in crossed
        if at is not None
    ]


def _crossing(seen: list[tuple[datetime, int | None]]) -> datetime | None:
    """When the hundredth different file within ten minutes was opened; one pass, whatever the length."""
    within: Counter[int | None] = Counter()
    start = 0
    for at, subject in seen:
        within[subject] += 1
        while at - seen[start][0] > WITHIN:
            left = seen[start][1]
            within[left] -= 1
            if not within[left]:
                del within[left]
            start += 1
        if len(within) >= MANY_FILES:
            return at
    return None


def _by_day(
    events: list[Row], chosen: tuple[str, ...], night: bool = False
) -> dict[tuple[int | None, str], list[Row]]:
    zone = timezone.get_current_timezone()
    days: dict[tuple[int | None, str], list[Row]] = defaultdict(list)
    for row in events:
        if row[0] not in chosen:
            continue
        local = row[3].astimezone(zone)
        if not night or local.hour >= NIGHT[0] or local.hour < NIGHT[1]:
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
