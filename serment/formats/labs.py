"""What a laboratory's message says, whatever its format: whose, from where, and the values. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


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
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def decoded(raw: bytes) -> str:
    """UTF-8, else cp1252, else the DOS page that old laboratories still write."""
    for encoding in ("utf-8-sig", "cp1252", "cp850"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
