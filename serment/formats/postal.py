"""French postal codes and INSEE commune codes: their form and department. No list of communes here."""

from __future__ import annotations

import re

from serment.formats.errors import FormatError
from serment.formats.text import compact, is_digits

MONACO = "98000"
# Three-digit departments and territories that have postal codes (97x, 98x).
_OVERSEAS = frozenset(
    {"971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988", "989"}
)


def parse_postal_code(text: str) -> str:
    """Any usual typing → 5 digits. Raises FormatError. For addresses in France and Monaco only."""
    value = compact(text)
    if not is_digits(value) or len(value) != 5:
        raise FormatError("Le code postal compte 5 chiffres : complétez-le, zéro de tête compris.")
    if not _known_area(value):
        raise FormatError(
            "Ce code postal ne correspond à aucun département : vérifiez ses deux premiers chiffres."
        )
    return value


def parse_commune_code(text: str) -> str:
    """INSEE code (COG) of a commune, or 99xxx for a country → 5 characters. Raises FormatError."""
    value = compact(text)
    if re.fullmatch(r"(?:[0-9]{2}|2A|2B)[0-9]{3}", value) is None:
        raise FormatError("Le code INSEE de la commune compte 5 caractères (2A ou 2B en tête pour la Corse).")
    # 20 was Corsica before 1976: birth places of that time keep it. 99 is abroad.
    if value[:2] != "99" and not _known_area(value) and value[:2] not in ("2A", "2B"):
        raise FormatError(
            "Ce code INSEE ne correspond à aucun département : cherchez la commune par son nom."
        )
    return value


def is_abroad(commune_code: str) -> bool:
    """True for the INSEE code of a country (99xxx)."""
    return commune_code.startswith("99")


def department_of_postal_code(code: str) -> str:
    """``"35"``, ``"2A"``, ``"974"``; ``"99"`` for Monaco. Takes a checked code.

    By the digits: a few communes are served from the next department, only the commune's INSEE code is sure.
    """
    if code == MONACO:
        return "99"
    if code.startswith("20"):
        return "2A" if code[2] in "01" else "2B"
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def department_of_commune(code: str) -> str:
    """``"35"``, ``"2A"``, ``"974"``, ``"99"`` abroad. Takes a checked code; ``"20"`` for Corsica before 1976."""
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def _known_area(value: str) -> bool:
    if value[:2] in ("97", "98"):
        return value == MONACO or value[:3] in _OVERSEAS
    return 1 <= int(value[:2]) <= 95 if is_digits(value[:2]) else False
