"""French telephone numbers, by `phonenumbers`: kept as E.164, shown as people write them."""

from __future__ import annotations

import phonenumbers

from serment.formats.errors import FormatError

_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF")


def parse_phone(text: str) -> str:
    """E.164, as +33612345678. Raises FormatError."""
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise FormatError("Ce numéro de téléphone n’est pas complet. Exemples : 06 12 34 56 78, +32 2 555 12 12.")


def format_phone(value: str) -> str:
    """06 12 34 56 78 for a number of France, +32 … for another. What does not parse is given back as it is."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    french = number.country_code in (33, 262, 508, 590, 594, 596)
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL if french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, style))


def international(value: str) -> str:
    """+33 6 12 34 56 78 (R.5132-3 CSP wants the country code on an ordonnance)."""
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def is_mobile(value: str) -> bool:
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(value, "FR"))
    except phonenumbers.NumberParseException:
        return False
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
