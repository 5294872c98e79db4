"""Postal codes and INSEE commune codes: their shape, and the department they tell."""

from __future__ import annotations

import re

from serment.formats.errors import FormatError


def parse_postal_code(text: str) -> str:
    """5 digits. Raises FormatError."""
    value = re.sub(r"\s", "", text)
    if not re.fullmatch(r"\d{5}", value) or value[:2] in ("00", "96"):
        raise FormatError("Un code postal compte 5 chiffres, par exemple 35000.")
    return value


def parse_commune_code(text: str) -> str:
    """INSEE code: 5 characters, 2A or 2B in Corsica, 99xxx abroad. Raises FormatError."""
    value = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"(?:\d\d|2[AB])\d{3}", value) or value.startswith("00"):
        raise FormatError(
            "Un code de commune Insee compte 5 caractères, par exemple 35238, 2A004 ou 99109 à l’étranger."
        )
    return value
