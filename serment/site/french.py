"""Dates, times and money as people here write them. Pure functions behind the template filters (DESIGN §9)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

NBSP = "\u00a0"
NARROW = "\u202f"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def local_date(value: date | datetime) -> date:
    """The Paris day of an aware datetime; a date as it is."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def date_short(value: date | datetime) -> str:
    """23/11/2026"""
    return local_date(value).strftime("%d/%m/%Y")


def date_in_words(value: date | datetime) -> str:
    """lundi 23 novembre 2026"""
    day = local_date(value)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]} {day.year}"


def clock(value: datetime | time) -> str:
    """14 h 30, with no-break spaces"""
    moment = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"


def euros(cents: int) -> str:
    """3000 → 30,00 €; thousands apart by a narrow no-break space; a true minus sign."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", NARROW) + f",{rest:02d}{NBSP}€"


def age_at(birth: date, on: date) -> str:
    """Age in the unit used for that age: days under a month, months under two years, then years."""
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if months < 0:
        return ""
    if months < 1:
        days = (on - birth).days
        return f"{days}{NBSP}jour" + ("s" if days > 1 else "")
    if months < 24:
        return f"{months}{NBSP}mois"
    return f"{months // 12}{NBSP}ans"
