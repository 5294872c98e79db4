"""How a name or a birth date is mistyped: one letter off, one day off, day and month swapped. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from serment.formats.names import glue
from serment.formats.phonetics import phonetic


def one_letter_off(one: str, other: str) -> bool:
    """Whether one letter was added, dropped or replaced, or two neighbours swapped; False for the same word."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return short[start + 1 :] == long[start + 1 :] or (swapped and short[start + 2 :] == long[start + 2 :])


def near_name(one: str, other: str) -> bool:
    """Two names one letter apart, or that sound alike. Names of less than three letters are near nothing."""
    first, second = glue(one), glue(other)
    if min(len(first), len(second)) < 3:
        return False
    return one_letter_off(first, second) or phonetic(first) == phonetic(second) != ""


def near_births(day: date) -> set[date]:
    """Dates that ``day`` may be a slip of: a day, a month, a year or ten off, day and month swapped."""
    found = {day + timedelta(days=days) for days in (-10, -1, 1, 10)}
    for year, month, number in (
        (day.year, day.day, day.month),
        *((day.year + years, day.month, day.day) for years in (-10, -1, 1, 10)),
        *((day.year, day.month + months, day.day) for months in (-1, 1)),
    ):
        with suppress(ValueError):
            found.add(date(year, month, number))
    return found - {day}
