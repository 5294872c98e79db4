"""Professional numbers: RPPS (11 digits, Luhn), AM number (9 digits)."""

from __future__ import annotations

import re

from serment.formats.errors import FormatError


def luhn_ok(digits: str) -> bool:
    """Luhn's sum over a string of digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def parse_rpps(text: str) -> str:
    """11 digits. Raises FormatError."""
    value = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"\d{11}", value):
        raise FormatError(
            "Un numéro RPPS compte 11 chiffres : recopiez celui de la carte CPS ou de l’annuaire santé."
        )
    if not luhn_ok(value):
        raise FormatError("Ce numéro RPPS n’existe pas : sa clé ne correspond pas. Vérifiez chaque chiffre.")
    return value


def parse_am_number(text: str) -> str:
    """9 characters: department, number and key as the Assurance maladie gives them. Only the shape is checked."""
    value = re.sub(r"[\s.\-]", "", text).upper()
    if not re.fullmatch(r"(?:\d\d|2[AB])\d{7}", value):
        raise FormatError("Un numéro AM compte 9 chiffres, clé comprise (feuilles de soins).")
    return value
