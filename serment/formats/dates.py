"""Dates as people here write and type them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from serment.formats.errors import FormatError

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_WORDS = {
    **{name: number for number, name in enumerate(MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, 1) if name[:3] != "jui"},
    **{"fevrier": 2, "fev": 2, "févr": 2, "fevr": 2, "juin": 6, "juil": 7, "aout": 8, "aou": 8, "sept": 9},
    **{"decembre": 12, "dec": 12, "janv": 1, "avr": 4, "oct": 10, "nov": 11},
}
_HELP = "Écrivez la date comme 23/11/1958, 231158 ou 23 novembre 1958."


def parse_french_date(text: str, today: date, *, future: bool = False) -> date:
    """A date typed in any usual form. Two-digit years are of the past unless ``future``. Raises FormatError."""
    value = text.strip().lower().replace("1er", "1").rstrip(".")
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", "ymd"),
        (r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})", "dmy"),
        (r"(\d{2})(\d{2})(\d{4}|\d{2})", "dmy"),
        (r"(\d{1,2})\s+([a-zéûô]+)\.?\s+(\d{4}|\d{2})", "dmy"),
    ):
        match = re.fullmatch(pattern, value)
        if not match:
            continue
        parts = dict(zip(order, match.groups(), strict=True))
        month_text = parts["m"]
        month = int(month_text) if month_text.isdigit() else _WORDS.get(month_text, 0)
        year = int(parts["y"])
        if len(parts["y"]) == 2:
            year += today.year // 100 * 100
            if not future and (year, month, int(parts["d"])) > (today.year, today.month, today.day):
                year -= 100
        try:
            found = date(year, month, int(parts["d"]))
        except ValueError:
            raise FormatError(f"Cette date n’existe pas. {_HELP}") from None
        if not future and found > today:
            raise FormatError("Cette date est dans l’avenir. Vérifiez l’année.")
        if found.year < 1880:
            raise FormatError("Cette date est trop ancienne. Vérifiez l’année.")
        return found
    raise FormatError(f"Cette date ne se lit pas. {_HELP}")


def short(value: date) -> str:
    """23/11/2026"""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def long(value: date) -> str:
    """lundi 23 novembre 2026"""
    day = "1er" if value.day == 1 else str(value.day)
    return f"{DAYS[value.weekday()]} {day} {MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime | time) -> str:
    """14 h 30, with unbreakable spaces"""
    return f"{value.hour}\u00a0h\u00a0{value.minute:02d}"


def minutes_text(minutes: int) -> str:
    """12 min, 1 h 05"""
    if minutes < 60:
        return f"{minutes}\u00a0min"
    return f"{minutes // 60}\u00a0h\u00a0{minutes % 60:02d}"


def age_years(birth: date, on: date) -> int:
    """Completed years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age_text(birth: date, on: date) -> str:
    """12 jours, 11 mois, 3 ans 2 mois, 45 ans"""
    days = (on - birth).days
    if days < 31:
        return f"{days} jour" + ("s" if days > 1 else "")
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if months < 24:
        return f"{months} mois"
    years = age_years(birth, on)
    rest = months - years * 12
    return f"{years} ans {rest} mois" if years < 6 and rest else f"{years} ans"
