"""When something took place, said apart from when it is written: now, unless another day is given.

An entry keeps both, ``occurred_at`` and ``created_at`` (FHIR: effective and issued), late when their days differ.
A day whose hour nobody gave is kept as its midnight and shown without an hour; a visit at midnight is a second later.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, When
from django.utils import timezone

from serment.formats import dates
from serment.record import kinds

_FIRST_SECOND = time(0, 0, 1)


def local(moment: datetime) -> datetime:
    """In the practice's time. A record asks it a hundred times a page: Django's own way looks the zone up each time."""
    return moment.astimezone(timezone.get_default_timezone())


def has_hour(moment: datetime) -> bool:
    return local(moment).time() != time(0)


def text(moment: datetime) -> str:
    """``23/11/2026 à 14 h 30``, or the day alone."""
    here = local(moment)
    return dates.short(here) + (f" à {dates.clock(here)}" if here.time() != time(0) else "")


def written_late(occurred: datetime, written: datetime) -> str:
    """``23/11/2026``, the day it was written, where that is another day; empty otherwise."""
    day = local(written).date()
    return dates.short(day) if day != local(occurred).date() else ""


def of(payload: Any, moment: datetime) -> datetime:
    """When a content took place: the day that it has of its own, with the hour of ``moment`` where it is that day.

    A day to come is no day when something took place: ``moment`` stays.
    """
    day: date | None = getattr(payload, "took_on", None)
    if day is None or day == local(moment).date() or day > timezone.localdate():
        return moment
    return at(day, None)


RECEIVED = "reçu le"
WRITTEN = "noté le"
"""Before the day that `written_late` gives: a result was received, anything else was written."""


def at(day: date, hour: time | None) -> datetime:
    """A day, with its hour where one is known."""
    moment = time(0) if hour is None else (hour if hour != time(0) else _FIRST_SECOND)
    return timezone.make_aware(datetime.combine(day, moment))


def intervened() -> Case:
    """When an entry says that the practice took care of someone.

    What has a day of its own (an old vaccination, a scan of years ago) was noted in an intervention of another day.
    """
    return Case(When(kind__in=kinds.dated(), then="created_at"), default="occurred_at")
