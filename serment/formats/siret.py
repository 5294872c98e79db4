"""SIREN and SIRET by python-stdnum, which knows La Poste's exception (digits summing to a multiple of 5)."""

from __future__ import annotations

from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from serment.formats.errors import FormatError
from serment.formats.text import compact, is_digits


def parse_siret(text: str) -> str:
    """Any usual typing → the 14 digits. Raises FormatError."""
    value = compact(text)
    if not is_digits(value) or len(value) != 14:
        raise FormatError("Le SIRET compte 14 chiffres (SIREN de 9 chiffres puis 5) : complétez-le.")
    if not stdnum_siret.is_valid(value):
        raise FormatError("La clé du SIRET est fausse : vérifiez ses 14 chiffres un à un.")
    return value


def parse_siren(text: str) -> str:
    """Any usual typing → the 9 digits. Raises FormatError."""
    value = compact(text)
    if not is_digits(value) or len(value) != 9:
        raise FormatError("Le SIREN compte 9 chiffres : complétez-le.")
    if not stdnum_siren.is_valid(value):
        raise FormatError("La clé du SIREN est fausse : vérifiez ses 9 chiffres un à un.")
    return value


def siren_of(siret: str) -> str:
    """The legal unit (9 digits) of a checked SIRET."""
    return siret[:9]


def format_siret(value: str) -> str:
    """``123 456 789 00012``; also takes a SIREN."""
    return " ".join(part for part in (value[:3], value[3:6], value[6:9], value[9:]) if part)
