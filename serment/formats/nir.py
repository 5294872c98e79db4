"""Numéro de sécurité sociale (NIR): 13 characters and a two-digit key.

Key: 97 − (N mod 97), Corsica's 2A and 2B read as 19 and 18. Months 20–42 and 50–99 (unknown month) and country 99
exist; temporary numbers begin with 3, 4, 7 or 8: so nothing but the shape and the key is refused. python-stdnum's
``fr.nir`` checks the same key but refuses no more; it is used as a second opinion in the tests.
"""

from __future__ import annotations

import re

from serment.formats.errors import FormatError

_SHAPE = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}")


def compact(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text).upper()


def key(first13: str) -> str:
    """The two-digit key of 13 characters. Raises FormatError for another shape."""
    if not _SHAPE.fullmatch(first13):
        raise FormatError(
            "Un numéro de sécurité sociale compte 13 caractères : 13 chiffres, ou 2A / 2B pour la Corse."
        )
    number = int(
        first13.replace("2A", "19").replace("2B", "18") if "A" in first13 or "B" in first13 else first13
    )
    return f"{97 - number % 97:02d}"


def parse_nir(text: str) -> str:
    """15 characters, spaces taken out. A 13-character number gets its key. Raises FormatError."""
    value = compact(text)
    if len(value) == 13:
        return value + key(value)
    if len(value) != 15:
        raise FormatError(
            "Il faut 13 caractères, plus les 2 chiffres de la clé. Vérifiez sur la carte Vitale."
        )
    if not value[13:].isdigit() or key(value[:13]) != value[13:]:
        raise FormatError("La clé ne correspond pas au numéro : un chiffre est sans doute mal recopié.")
    return value


def format_nir(value: str) -> str:
    """1 84 05 35 238 001 23"""
    cuts = (1, 3, 5, 7, 10, 13, 15)
    return " ".join(value[a:b] for a, b in zip((0, *cuts), cuts, strict=False) if value[a:b])


def mask_nir(value: str) -> str:
    """1 •• •• •• ••• ••• 23: enough to recognise a card, not enough to copy it (R5.4)."""
    return f"{value[:1]} •• •• •• ••• ••• {value[13:15]}" if value else ""


def is_temporary(value: str) -> bool:
    return value[:1] in "3478"


def sex_of(value: str) -> str:
    """M, F, or empty where the number does not say."""
    return {"1": "M", "2": "F", "7": "M", "8": "F"}.get(value[:1], "")


def birth_month_of(value: str) -> tuple[int, int] | None:
    """(two-digit year, month) where the month is a real one, else None."""
    month = int(value[3:5])
    return (int(value[1:3]), month) if 1 <= month <= 12 else None
