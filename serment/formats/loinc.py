"""LOINC codes: digits, a hyphen, a check digit (modulus 10)."""

from __future__ import annotations

import re

from stdnum import luhn

from serment.formats.errors import FormatError

_CODE = re.compile(r"([0-9]{1,7})-([0-9])")


def parse_loinc(text: str) -> str:
    """``4548-4``, spaces aside. Raises FormatError where the form or the check digit is wrong."""
    code = re.sub(r"\s", "", text).replace("\u2011", "-").replace("\u2013", "-")
    found = _CODE.fullmatch(code)
    if found is None:
        raise FormatError("Un code LOINC est un nombre, un tiret et un chiffre, comme 4548-4.")
    if not luhn.is_valid(found[1] + found[2]):
        raise FormatError("La clé de ce code LOINC (le dernier chiffre) est fausse : vérifiez-le.")
    return code
