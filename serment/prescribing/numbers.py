"""Numbers as a prescriber types them: « 7 », « 0,5 », « 1 ½ », « 1/4 ». Pure.

Western digits alone: `str.isdigit` and `Decimal` also take « ² », « ① », « nan » or « 1e3 », which are no dose.
"""

from __future__ import annotations

import re
from decimal import Decimal

from serment.formats.text import is_digits, plain_spaces

DECIMALS = 3
"""Decimals that a dose may have: 0,125 is one; 0,3333333 is a division, to be written as its millilitres."""
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_SLASHED = {"1/2": "½", "1/4": "¼", "3/4": "¾"}
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]*)?|[.,][0-9]+")


class BadNumber(ValueError):
    """French: why this is not a number that the field takes."""


def whole(text: str, *, low: int, high: int, empty: int = 0) -> int:
    """``empty`` for an empty text. Raises BadNumber."""
    text = text.strip()
    if not text:
        return empty
    if not is_digits(text) or len(text) > 9 or not low <= int(text) <= high:
        raise BadNumber(f"un nombre entier, entre {low} et {high}")
    return int(text)


def decimal(text: str, *, high: int, empty: Decimal = Decimal(0)) -> Decimal:
    """From 0 to ``high``, `DECIMALS` at most; a half and quarters may be typed as such. Raises BadNumber."""
    text = plain_spaces(text)
    if not text:
        return empty
    for typed, sign in _SLASHED.items():
        text = sign if text == typed else re.sub(rf"(?<=\d) {typed}$", sign, text)
    part = _FRACTIONS.get(text[-1], Decimal(0))
    head = text[:-1].strip() if part else text
    if not head:
        return part
    if not _DECIMAL.fullmatch(head) or (part and not is_digits(head)):
        raise BadNumber("un nombre en chiffres, par exemple 1 ou 0,5")
    found = Decimal(head.replace(",", ".")) + part
    if -int(found.as_tuple().exponent) > DECIMALS:
        raise BadNumber(f"{DECIMALS} décimales au plus")
    if found > high:
        raise BadNumber(f"{high} au plus")
    return found
