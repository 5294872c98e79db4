"""What a bank statement says, whatever the file it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from serment.formats.errors import FormatError

MAX_BYTES = 5_000_000
MAX_LINES = 20_000
MAX_CENTS = 10**11


class BankFault(FormatError):
    """French: why the file is not read, and where; never a word of what it holds."""


@dataclass(frozen=True)
class Line:
    """One booked movement. ``cents`` is negative for what goes out; ``reference`` is the bank's own, empty where it
    gives none.
    """

    booked_on: date
    cents: int
    label: str
    reference: str = ""


@dataclass(frozen=True)
class Statement:
    """The movements of one account. ``account``: IBAN, or branch and number as the file has them."""

    account: str
    lines: tuple[Line, ...]

    @property
    def first_on(self) -> date | None:
        return min((line.booked_on for line in self.lines), default=None)

    @property
    def last_on(self) -> date | None:
        return max((line.booked_on for line in self.lines), default=None)


def cents_of(text: str, where: str) -> int:
    """« 1234.5 », « 1234,50 », « -12.00 » → cents. Raises BankFault: no amount, or a third decimal."""
    try:
        exact = Decimal(text.strip().replace(",", ".")) * 100
    except InvalidOperation:
        raise BankFault(f"{where} : montant illisible.") from None
    if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > MAX_CENTS:
        raise BankFault(f"{where} : montant illisible.")
    return int(exact)


def day_of(text: str, where: str) -> date:
    """« 20261125 », « 20261125120000[+1:CET] », « 2026-11-25 », « 2026-11-25T08:00:00 » → a day. Raises BankFault."""
    digits = text.strip().replace("-", "")[:8]
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise BankFault(f"{where} : date illisible.") from None
    if not digits.isascii() or not 1990 <= found.year <= 2100:
        raise BankFault(f"{where} : date illisible.")
    return found


def words(*parts: str) -> str:
    """Pieces of a label joined, spaces evened, what is said twice said once."""
    found: list[str] = []
    for part in parts:
        text = " ".join(part.split())
        if text and text not in found:
            found.append(text)
    return " ".join(found)[:200]
