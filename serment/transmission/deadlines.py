"""The last day to send a sheet (R.161-47 CSS, to be checked), by the holidays of where the practice is.

Days are counted as « jours ouvrables »: Saturdays count, which gives the nearer day, so the alert is never late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from serment.billing.models import Claim
from serment.practice.models import Practice
from serment.transmission import states
from serment.transmission.models import Sheet

WITH_ADVANCE, WITHOUT_ADVANCE = 3, 8
"""Working days to send: the patient paid, or was dispensed from paying (R.161-47 CSS, to be checked)."""

_PLACES = {
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "97133": "BL",
    "97150": "MF",
    "977": "BL",
    "978": "MF",
    "57": "57",
    "67": "6AE",
    "68": "6AE",
}
"""Beginning of a post code → the holidays calendar's own name: overseas, and Alsace-Moselle."""


def place_of(postal_code: str) -> str:
    """The calendar of a post code; empty for the common one."""
    return next((_PLACES[postal_code[:n]] for n in (5, 3, 2) if postal_code[:n] in _PLACES), "")


@lru_cache(maxsize=64)
def _closed(place: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=place or None, years=[year, year + 1]))


def working_day(start: date, days: int, place: str = "") -> date:
    """So many working days later."""
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 6 and day not in _closed(place, start.year):
            days -= 1
    return day


def due_on(claim: Claim, practice: Practice) -> date:
    """The last day to send a claim's sheet."""
    days = WITH_ADVANCE if claim.paid_cents >= claim.total_cents else WITHOUT_ADVANCE
    return working_day(claim.established_on, days, place_of(practice.postal_code))


@dataclass(frozen=True)
class Watched:
    """Sheets and unsigned claims: how many are past their last day, how many reach it by the next working day."""

    late: int
    soon: int


def watch(practice: Practice, practitioner_id: int | None = None, limit: int = 500) -> Watched:
    """Two queries. Without ``practitioner_id``: of the whole practice."""
    today = timezone.localdate()
    near = working_day(today, 1, place_of(practice.postal_code))
    sheets = Sheet.objects.filter(state__in=(*states.TO_SIGN, *states.TO_SEND), due_on__lte=near)
    sheets = sheets.exclude(claim__state="cancelled")
    claims = Claim.objects.filter(sheets=None, amo_cents__gt=0).exclude(state="cancelled")
    if practitioner_id:
        sheets = sheets.filter(claim__practitioner_id=practitioner_id)
        claims = claims.filter(practitioner_id=practitioner_id)
    days = list(sheets.values_list("due_on", flat=True)[:limit])
    days += [due_on(claim, practice) for claim in claims.order_by("pk")[:limit]]
    return Watched(sum(day < today for day in days), sum(today <= day <= near for day in days))
