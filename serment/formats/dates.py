"""Reading and writing dates as people here do (DESIGN §9). No dependency on the machine's locale."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from serment.formats.errors import FormatError
from serment.formats.folding import fold
from serment.formats.text import NBSP, plain_spaces

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

_FOLDED_MONTHS = tuple(fold(month) for month in MONTHS)
_EARLIEST, _LATEST = 1800, 2200
_OLDEST_AGE = 130  # years; older birth dates are typing errors
_AHEAD = 20  # years a two-digit year may lie ahead where a future date makes sense

_NUMERIC = re.compile(r"(\d{1,2})[ /.\-](\d{1,2})[ /.\-](\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})[\-/.](\d{1,2})[\-/.](\d{1,2})", re.ASCII)
_GLUED = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})", re.ASCII)
_WORDS = re.compile(r"(?:([a-z]+) )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})", re.ASCII)

_HELP = "Saisissez la date sous la forme jour/mois/année, par exemple 23/11/1958."


def parse_french_date(text: str, today: date, *, future: bool = False) -> date:
    """Any usual typing → date. Raises FormatError.

    23/11/2026, 23.11.26, 23-11-1958, 23111958, 231158, 1958-11-23, 23 nov 1958, 1er mars 1990, lundi 23 novembre
    2026. By default the date is past (a birth): never after ``today`` nor over 130 years ago, and a two-digit year
    gives the latest date that fits. With ``future=True`` (an expiry, an appointment) any date from 1800 to 2200 is
    taken, and a two-digit year may lie up to 20 years ahead.
    """
    day, month, year = _fields(plain_spaces(text))
    if len(year) == 2:
        return _from_short_year(day, month, int(year), today, _AHEAD if future else 0)
    found = _build(int(year), month, day)
    if found is None:
        raise FormatError(f"Cette date n'existe pas dans le calendrier. {_HELP}")
    if future:
        if not _EARLIEST <= found.year <= _LATEST:
            raise FormatError(f"L'année paraît fausse. {_HELP}")
    elif found > today:
        raise FormatError("Cette date est dans le futur : vérifiez l'année.")
    elif today.year - found.year > _OLDEST_AGE:
        raise FormatError("Cette date remonte à plus de 130 ans : vérifiez l'année.")
    return found


def short(value: date) -> str:
    """``23/11/2026``"""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def medium(value: date) -> str:
    """``23 novembre 2026``, ``1er mars 1990``"""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def long(value: date) -> str:
    """``lundi 23 novembre 2026``"""
    return f"{DAYS[value.weekday()]} {medium(value)}"


def clock(value: datetime | time) -> str:
    """``14 h 30``, ``8 h 05``, with no-break spaces. A datetime is written as it is: bring it to local time first."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def minutes_text(minutes: int) -> str:
    """``12 min``, ``1 h``, ``1 h 05``, with no-break spaces. ``minutes`` is not negative."""
    if minutes < 0:
        raise ValueError("a duration is not negative")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02d}" if rest else "")


def age_years(birth: date, on: date) -> int:
    """Whole years; someone born on 29 February gets older on 1 March. Raises FormatError when ``on`` is before."""
    return _age_months(birth, on) // 12


def age_text(birth: date, on: date) -> str:
    """Age in the unit of that age: ``12 jours``, ``11 mois`` (up to 23), ``3 ans 2 mois`` (up to 6), ``45 ans``.

    No-break space between a number and its unit. Raises FormatError when ``on`` is before ``birth``.
    """
    months = _age_months(birth, on)
    if months == 0:
        days = (on - birth).days
        return f"{days}{NBSP}jour{'s' if days > 1 else ''}"
    if months < 24:
        return f"{months}{NBSP}mois"
    years, rest = divmod(months, 12)
    if years < 7 and rest:
        return f"{years}{NBSP}ans {rest}{NBSP}mois"
    return f"{years}{NBSP}ans"


def _age_months(birth: date, on: date) -> int:
    if on < birth:
        raise FormatError("La date de naissance est après la date du calcul : vérifiez-la.")
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def _fields(text: str) -> tuple[int, int, str]:
    """Day, month, and the year as typed."""
    if not text:
        raise FormatError(_HELP)
    if match := _ISO.fullmatch(text):
        return int(match[3]), int(match[2]), match[1]
    if match := _NUMERIC.fullmatch(text) or _GLUED.fullmatch(text):
        return int(match[1]), int(match[2]), match[3]
    if match := _WORDS.fullmatch(fold(text.replace(".", " ").replace(",", " "))):
        if match[1] and match[1] not in DAYS:
            raise FormatError(f"Le jour de la semaine ne se lit pas. {_HELP}")
        return int(match[2]), _month(match[3]), match[4]
    raise FormatError(f"Cette date ne se lit pas. {_HELP}")


def _from_short_year(day: int, month: int, year: int, today: date, years_ahead: int) -> date:
    century = today.year - today.year % 100
    for start in (century + 100, century, century - 100):
        found = _build(start + year, month, day)
        if found is None:
            continue
        if found <= today or (years_ahead and found.year <= today.year + years_ahead):
            return found
    raise FormatError("Cette date n'existe pas dans le calendrier : vérifiez le jour, le mois et l'année.")


def _month(word: str) -> int:
    found = [
        index
        for index, name in enumerate(_FOLDED_MONTHS, start=1)
        if len(word) >= 3 and name.startswith(word)
    ]
    if len(found) != 1:
        raise FormatError(f"Le nom du mois ne se lit pas. {_HELP}")
    return found[0]


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
