"""Numbers of professionals: RPPS (11 digits, Luhn key), ADELI (9), AM billing number (9)."""

from __future__ import annotations

import re

from stdnum import luhn

from serment.formats.errors import FormatError
from serment.formats.text import compact, is_digits


def parse_rpps(text: str) -> str:
    """Any usual typing → the 11 digits. Raises FormatError.

    Also takes the 12-digit national identifier of cards and Pro Santé Connect ("8" + RPPS).
    """
    value = compact(text)
    if len(value) == 12 and value.startswith("8"):
        value = value[1:]
    if not is_digits(value) or len(value) != 11:
        raise FormatError(
            "Le numéro RPPS compte 11 chiffres : recopiez-le de la carte CPS ou de l'annuaire santé."
        )
    if not luhn.is_valid(value):
        raise FormatError("La clé du numéro RPPS est fausse : vérifiez ses 11 chiffres un à un.")
    return value


def parse_adeli(text: str) -> str:
    """Any usual typing → the 9 characters (department 2A or 2B possible). Raises FormatError.

    Only the form is checked: the sources at hand do not publish the key's rule.
    """
    value = compact(text)
    if re.fullmatch(r"(?:[0-9]{2}|2A|2B)[0-9]{7}", value) is None:
        raise FormatError("Le numéro ADELI compte 9 chiffres, dont le département en tête : complétez-le.")
    return value


def parse_am_number(text: str) -> str:
    """Any usual typing of the number by which Assurance Maladie knows a practice → 9 characters. Raises FormatError.

    8 digits + 1 key digit (2A or 2B possible in front). The key's rule is not in the sources at hand: form only.
    """
    value = compact(text)
    if re.fullmatch(r"(?:[0-9]{2}|2A|2B)[0-9]{7}", value) is None:
        raise FormatError(
            "Le numéro Assurance Maladie compte 9 chiffres, clé comprise : recopiez-le d'une feuille de soins."
        )
    return value


def format_rpps(value: str) -> str:
    """``10001234567`` → ``10 001 234 567``, easier to read aloud."""
    return " ".join((value[:2], value[2:5], value[5:8], value[8:]))
