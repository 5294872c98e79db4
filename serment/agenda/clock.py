"""Wall-clock times of the practice and the instants they stand for, through both changes of the hour.

Instants are in UTC: Python subtracts and compares two times of one zone by the clock on the wall, which is wrong
across a change of the hour.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from serment.formats import dates
from serment.formats.text import NBSP


class NoSuchTime(ValueError):
    """A wall-clock time that cannot be read, or that the spring change of the hour skips. The message is French."""


def instant(day: date, at: time) -> datetime:
    """The instant of a wall-clock time. The hour that autumn repeats is taken the first time; one that spring
    skips raises NoSuchTime.
    """
    made = datetime.combine(day, at, tzinfo=timezone.get_current_timezone()).astimezone(UTC)
    if wall(made) != datetime.combine(day, at):
        raise NoSuchTime(
            f"{dates.clock(at)} n’existe pas le {dates.short(day)} : c’est la nuit du passage à l’heure d’été."
        )
    return made


def wall(moment: datetime) -> datetime:
    """An instant as the clock on the wall showed it, without a zone."""
    return datetime.fromtimestamp(moment.timestamp(), timezone.get_current_timezone()).replace(tzinfo=None)


def parse(text: str) -> datetime:
    """``2026-11-23T14:30`` (wall-clock) or the same with an offset → aware datetime, whole minutes."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NoSuchTime("L’heure demandée ne se lit pas.") from None
    found = found.replace(second=0, microsecond=0)
    if not 2000 <= found.year <= 2200:
        raise NoSuchTime("L’année demandée paraît fausse.")
    return found.astimezone(UTC) if found.tzinfo else instant(found.date(), found.time())


def day_of(text: str | None, default: date | None = None) -> date:
    """``2026-11-23`` or anything that begins so → date; the default (today) for anything else."""
    try:
        found = date.fromisoformat((text or "")[:10])
    except ValueError:
        return default or timezone.localdate()
    return found if 2000 <= found.year <= 2200 else default or timezone.localdate()


def midnight(day: date) -> datetime:
    """The instant a day begins (midnight is never skipped in Paris)."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def bounds(start: date, days: int) -> tuple[datetime, datetime]:
    """The instants between which ``days`` days lie: 23 or 25 hours long where the hour changes."""
    return midnight(start), midnight(start + timedelta(days=days))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def span(start: datetime, end: datetime) -> str:
    """« lundi 23 novembre 2026, de 14 h 30 à 14 h 45 »"""
    first, last = wall(start), wall(end)
    return f"{dates.long(first)}, de{NBSP}{dates.clock(first)} à{NBSP}{dates.clock(last)}"
