"""Telephone numbers as patients give them, stored as E.164. By ``phonenumbers``, plus what it does not do:

- Overseas departments share the ten-digit habit (0690…, 0262…) but have country codes of their own.
- The library's table of open ranges may lag behind the numbering plan, so a well-formed ten-digit number whose
  range it does not know is kept as a metropolitan one (this includes the ranges reserved for fiction).
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from serment.formats.errors import FormatError
from serment.formats.text import plain_spaces

_OVERSEAS = {
    "0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE",
    "0269": "YT",
    "0590": "GP", "0690": "GP", "0691": "GP",
    "0594": "GF", "0694": "GF",
    "0596": "MQ", "0696": "MQ", "0697": "MQ",
}  # fmt: skip
_TEN_DIGIT_COUNTRIES = {33, 262, 590, 594, 596}
_TYPED = re.compile(r"[+0-9 ().\-/\u2010-\u2015]+")

_ADVICE = "dix chiffres commençant par 0, ou + et l'indicatif du pays."


def parse_phone(text: str) -> str:
    """Any usual typing → E.164 (``+33612345678``). Raises FormatError.

    Takes ten digits with any separators, nine digits that lost their zero in a spreadsheet, 0033, +33 (0)6…,
    overseas departments, and any valid foreign number that begins with + or 00.
    """
    typed = plain_spaces(text)
    if not typed:
        raise FormatError(f"Saisissez un numéro de téléphone : {_ADVICE}")
    if _TYPED.fullmatch(typed) is None:
        raise FormatError(f"Retirez ce qui n'est pas un chiffre du numéro de téléphone : {_ADVICE}")
    return _e164(_understand(typed))


def display_phone(e164: str) -> str:
    """``06 12 34 56 78`` for France and its overseas departments, international form elsewhere."""
    number = _stored(e164)
    if number is None:
        return e164
    digits = str(number.national_number)
    if number.country_code in _TEN_DIGIT_COUNTRIES and len(digits) == 9:
        digits = "0" + digits
        return " ".join(digits[start : start + 2] for start in range(0, 10, 2))
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def international_phone(e164: str) -> str:
    """``+33 6 12 34 56 78``."""
    number = _stored(e164)
    return e164 if number is None else phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def is_mobile(e164: str) -> bool:
    """True when a text message can reach it: mobile by the library, or 06/07 in metropolitan France."""
    number = _stored(e164)
    if number is None:
        return False
    if number.country_code == 33:
        return str(number.national_number)[0] in "67"
    return phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def _understand(typed: str) -> PhoneNumber:
    digits = re.sub(r"[^0-9]", "", typed)
    # A national number typed with any separators: overseas prefixes first, they look metropolitan.
    if not typed.startswith("+") and len(digits) == 10 and digits[0] == "0" and digits[1] != "0":
        region = _OVERSEAS.get(digits[:4])
        if region is None and digits.startswith("0639") and _valid(digits, "YT"):
            region = "YT"
        return phonenumbers.parse(digits, region or "FR")
    try:
        number = phonenumbers.parse(typed, "FR")
    except NumberParseException:
        raise FormatError(f"Ce numéro de téléphone ne se lit pas : {_ADVICE}") from None
    national = str(number.national_number)
    if number.country_code == 33 and re.fullmatch(r"[1-9][0-9]{8}", national):
        # "690123456" or "+33690123456": an overseas number written as a metropolitan one.
        region = _OVERSEAS.get("0" + national[:3])
        return phonenumbers.parse("0" + national, region) if region else number
    if not phonenumbers.is_valid_number(number):
        raise FormatError(f"Ce numéro de téléphone est incomplet ou n'existe pas : {_ADVICE}")
    return number


def _valid(digits: str, region: str) -> bool:
    return phonenumbers.is_valid_number_for_region(phonenumbers.parse(digits, region), region)


def _stored(e164: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(e164, None)
    except NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
