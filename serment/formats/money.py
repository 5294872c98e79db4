"""Money is integer cents, always. Text only on screen and on paper."""

from __future__ import annotations

import re

from serment.formats.errors import FormatError


def euros(cents: int) -> str:
    """1 234,50 € with unbreakable spaces; a minus sign for a negative amount."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}\u00a0€"


def parse_euros(text: str) -> int:
    """Cents of « 30 », « 30,5 », « 1 234,50 € ». Raises FormatError: negative, or more than two decimals."""
    value = re.sub(r"[\s\u202f\u00a0€]", "", text).replace(".", ",")
    match = re.fullmatch(r"(\d{1,7})(?:,(\d{1,2}))?", value)
    if not match:
        raise FormatError("Écrivez un montant comme 30 ou 30,50.")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def share(cents: int, percent: int) -> int:
    """``percent`` of an amount, rounded half up to the cent."""
    return (cents * percent + 50) // 100


def split(cents: int, percent: int) -> tuple[int, int]:
    """(the share, the rest): their sum is the amount, to the cent."""
    part = share(cents, percent)
    return part, cents - part
