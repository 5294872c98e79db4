"""What should not be in a record's free text, said as it is written (E-DEV-2). A caution is confirmed or mended; it
never blocks care."""

from __future__ import annotations

import re
from collections.abc import Iterable

from serment.formats.nir import is_valid_nir

_NUMBER = re.compile(r"(?<![0-9])[1-478](?:[ .\u00a0-]?[0-9AB]){14}(?![0-9])")


def has_nir(text: str) -> bool:
    """Whether a social-security number with a right key is written in there: its place is the identity page (R5.4)."""
    return any(is_valid_nir(found.group()) for found in _NUMBER.finditer(text))


_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,4})?(?![A-Z0-9])")
_CARD = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]?){3}[0-9]{4}(?![0-9])")


def has_bank_number(text: str) -> bool:
    """An IBAN whose key holds, or the sixteen digits of a card that pass Luhn's sum: neither belongs to care."""
    for found in _IBAN.finditer(text):
        number = found.group().replace(" ", "")
        turned = "".join(str(int(c, 36)) for c in number[4:] + number[:4])
        if int(turned) % 97 == 1:
            return True
    for found in _CARD.finditer(text):
        digits = [int(c) for c in found.group() if c.isdigit()]
        doubled = sum(d if i % 2 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(digits))
        if doubled % 10 == 0:
            return True
    return False


def cautions(texts: Iterable[tuple[str, str]]) -> list[str]:
    """French phrases for (label, text) pairs."""
    texts = list(texts)
    banks = [
        f"{label}\u00a0: un numéro de banque y est écrit, retirez-le"
        for label, text in texts
        if has_bank_number(text)
    ]
    return banks + [
        f"{label}\u00a0: un numéro de sécurité sociale y est écrit, sa place est dans la fiche d’identité"
        for label, text in texts
        if has_nir(text)
    ]
