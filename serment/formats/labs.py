"""What a laboratory's message says, whatever its format: whose, from where, and the values. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from math import isfinite


class BadMessage(ValueError):
    """A message that does not read; the message is French and says where."""


@dataclass(frozen=True)
class Value:
    """One line of a result. ``number`` is the value where it is one; ``low`` and ``high`` its usual bounds."""

    label: str
    value: str
    code: str = ""
    loinc: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    flag: str = ""
    note: str = ""

    @property
    def number(self) -> float | None:
        return number_of(self.value)

    @property
    def abnormal(self) -> bool:
        """Flagged by the laboratory, or outside the bounds that it gives."""
        if self.flag.upper() in ("H", "HH", "L", "LL", "A", "AA", ">", "<", "+", "-", "++", "--"):
            return True
        found = self.number
        if found is None:
            return False
        return (self.low is not None and found < self.low) or (self.high is not None and found > self.high)


_DECIMAL = re.compile(r"(?:[^0-9]*[<>≤≥] ?)?-?[0-9]+\.[0-9]+(?: [–-] [0-9]+(?:\.[0-9]+)?)?")


def shown(value: str) -> str:
    """A value as it is read here: « 9.5 » → « 9,5 », « < 0.5 » → « < 0,5 »; other words stay as they were written."""
    return value.replace(".", ",") if _DECIMAL.fullmatch(value.strip()) else value


def bounds_text(low: float | None, high: float | None) -> str:
    """« 0,6 à 1,1 », « < 5 », « > 60 »; empty where the laboratory gave none."""
    first, last = (f"{x:g}".replace(".", ",") if x is not None else "" for x in (low, high))
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


def number_of(text: str) -> float | None:
    """« 1,25 », « 0.8 »; None for « négatif » and « < 0,5 »."""
    try:
        found = float(text.strip().replace(",", "."))
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
