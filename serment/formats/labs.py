"""What a laboratory's message says, whatever its format: whose, from where, and the values. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from serment.formats.text import number_text


class BadMessage(ValueError):
    """A message that does not read; the message is French and says where."""


@dataclass(frozen=True)
class Value:
    """One line of a result. ``number`` is the value where it is one; ``low`` and ``high`` its usual bounds.

    ``effective``: when it was taken, as FHIR's dateTime, as precise as the message: a day, or a moment with its hour.
    ``specimen``: ``urine``, ``other``, or ``unknown`` where the message speaks of urine without saying which values are
    of it; empty where nothing says that it is not blood.
    ``status``: FHIR's, where the message says one of ``preliminary``, ``corrected`` and ``entered-in-error``.
    """

    label: str
    value: str
    code: str = ""
    loinc: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    flag: str = ""
    note: str = ""
    effective: str = ""
    status: str = ""
    specimen: str = ""

    @property
    def number(self) -> float | None:
        return number_of(self.value)

    @property
    def abnormal(self) -> bool:
        """Flagged by the laboratory, or outside the bounds that it gives; what it takes back is neither."""
        if self.status == "entered-in-error":
            return False
        if self.flag.upper() in ("H", "HH", "L", "LL", "A", "AA", ">", "<", "+", "-", "++", "--"):
            return True
        return outside(self.value, self.low, self.high)

    @property
    def interpretation(self) -> str:
        """The flag, of those with one reading (HL7 v2 table 0078, FHIR's codes): HH, LL and AA are of alert."""
        flag = self.flag.upper()
        return flag if flag in ("H", "HH", "L", "LL", "A", "AA") else ""


_DECIMAL = re.compile(r"(?:[^0-9]*[<>≤≥] ?)?-?[0-9]+\.[0-9]+(?: [–-] [0-9]+(?:\.[0-9]+)?)?")


_BARE = re.compile(r"([<>≤≥]? ?)(\d{5,}|\d+(?:[.,]\d+)?[eE][+-]?\d{1,2})")


def shown(value: str) -> str:
    """A value as it is read here: « 9.5 » → « 9,5 », « < 0.5 » → « < 0,5 », « 4520000 » and « 4.52E6 » → « 4 520 000 ».

    Other words stay as they were written.
    """
    if (bare := _BARE.fullmatch(value.strip())) and not value.strip(" <>≤≥").startswith("0"):
        return bare[1] + number_text(float(bare[2].replace(",", ".")))
    return value.replace(".", ",") if _DECIMAL.fullmatch(value.strip()) else value


_BEYOND = re.compile(r"([<>≤≥]) ?(.+)")


def outside(value: str, low: float | None, high: float | None) -> bool:
    """Whether a value is surely out of its bounds: « > 1000 » is above 14; « > 3 » may be within, and is not."""
    beyond = _BEYOND.fullmatch(value.strip())
    found = number_of(beyond[2] if beyond else value)
    if found is None:
        return False
    if beyond:
        above = beyond[1] in ">≥"
        return (above and high is not None and found >= high) or (
            not above and low is not None and found <= low
        )
    return (low is not None and found < low) or (high is not None and found > high)


def bounds_text(low: float | None, high: float | None) -> str:
    """« 0,6 à 1,1 », « < 5 », « > 60 »; empty where the laboratory gave none."""
    first, last = (number_text(x) if x is not None else "" for x in (low, high))
    if first and last:
        return f"{first} à {last}"
    return f"> {first}" if first else f"< {last}" if last else ""


@dataclass
class Report:
    """One patient's results in one message. Dates may be missing; ``text`` is the free part, as it was written."""

    family: str = ""
    given: str = ""
    born: date | None = None
    sex: str = "U"
    number: str = ""
    laboratory: str = ""
    reference: str = ""
    made_on: date | None = None
    recipient: str = ""
    text: str = ""
    values: list[Value] = field(default_factory=list)
    original: str = ""


_NUMBER = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?")


def national_number(text: str) -> str:
    """The first thirteen characters of a NIR or an INS; empty for a laboratory's own number.

    A report without a birth date is read where it gives one: anything less names nobody.
    """
    tight = re.sub(r"\s", "", text).upper()
    return tight[:13] if _NUMBER.fullmatch(tight) else ""


_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:\s[0-9]{3})+(?:[.,][0-9]+)?")


def number_of(text: str) -> float | None:
    """« 1,25 », « 0.8 », « 12 500 » (thousands by a space of any kind); None for « négatif » and « < 0,5 »."""
    plain = text.strip()
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"\s", "", plain)
    try:
        found = float(plain.replace(",", "."))
    except ValueError:
        return None
    return found if isfinite(found) else None


def decoded(raw: bytes) -> str:
    """UTF-8, else cp1252, else the DOS page that old laboratories still write."""
    for encoding in ("utf-8-sig", "cp1252", "cp850"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
