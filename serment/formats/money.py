"""Money: integer cents, French text. No float ever."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from serment.formats.errors import FormatError
from serment.formats.text import NARROW_NBSP, NBSP, plain_spaces

MAX_CENTS = 10**11  # a billion euros: more is a typing error

_AMOUNT = re.compile(
    r"(?P<sign>[-−]?)(?P<euros>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]*))?(?: ?€)?"
)


def format_euros(cents: int) -> str:
    """123450 → ``1 234,50 €`` (narrow no-break space in thousands, no-break space before €, true minus sign)."""
    euros, rest = divmod(abs(cents), 100)
    grouped = f"{euros:,}".replace(",", NARROW_NBSP)
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}{NBSP}€"


def parse_euros(text: str, *, allow_negative: bool = False) -> int:
    """``30``, ``30,5``, ``30.50``, ``1 234,50 €`` → cents. Raises FormatError.

    A comma or a dot is always the decimal mark: three digits after it are refused, never taken for thousands.
    """
    match = _AMOUNT.fullmatch(re.sub(r"^([-−]) ", r"\1", plain_spaces(text)))
    if match is None:
        raise FormatError("Saisissez un montant en euros, par exemple 30 ou 30,50.")
    decimals = match["cents"] or ""
    if len(decimals) > 2:
        raise FormatError("Un montant a deux décimales au plus : arrondissez au centime, par exemple 30,50.")
    cents = int(match["euros"].replace(" ", "")) * 100 + int(decimals.ljust(2, "0"))
    if cents > MAX_CENTS:
        raise FormatError("Ce montant est trop grand : vérifiez-le.")
    if match["sign"] and not allow_negative and cents:
        raise FormatError("Le montant ne peut pas être négatif : retirez le signe moins.")
    return -cents if match["sign"] else cents


def share(amount: int, percent: int | Decimal) -> int:
    """``percent`` (0 to 100 or more, not a fraction) of cents, rounded half up (half away from zero if negative)."""
    exact = Decimal(amount) * Decimal(percent) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Cents shared out by weights, none lost: the parts always sum to ``amount``.

    Left-over cents go to the largest remainders, the first part winning ties. ``split(100, [1, 1, 1])`` is
    ``[34, 33, 33]``. Raises ValueError (a programming error) on no weight or a negative one.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and their sum must be positive")
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    parts = [size * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(size * weights[index] % total), index))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
