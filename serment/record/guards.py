"""What should not be in a record's free text, said as it is written (E-DEV-2). A caution is confirmed or mended; it
never blocks care."""

from __future__ import annotations

import re
from collections.abc import Iterable

from serment.formats.folding import fold
from serment.formats.nir import is_valid_nir
from serment.record.models import WatchedWord
from serment.vault.prepared import Prepared
from serment.vault.tenancy import current_practice_or_none

_NUMBER = re.compile(r"(?<![0-9])[1-478](?:[ .\u00a0-]?[0-9AB]){14}(?![0-9])")


def has_nir(text: str) -> bool:
    """Whether a social-security number with a right key is written in there: its place is the identity page (R5.4)."""
    return any(is_valid_nir(found.group()) for found in _NUMBER.finditer(text))


_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,4})?(?![A-Z0-9])")
_CARD = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]?){3}[0-9]{4}(?![0-9])")
_RIB = re.compile(
    r"(?<![A-Z0-9])[0-9]{5}[ -]?[0-9]{5}[ -]?[0-9A-Z](?:[ -]?[0-9A-Z]){10}[ -]?[0-9]{2}(?![A-Z0-9])"
)
_RIB_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def _is_rib(text: str) -> bool:
    """Bank, branch, account and key of a French account number: the whole divides by 97."""
    digits = re.sub(r"[ -]", "", text).translate(_RIB_DIGITS)
    bank, branch, account, key = int(digits[:5]), int(digits[5:10]), int(digits[10:21]), int(digits[21:])
    return (89 * bank + 15 * branch + 3 * account + key) % 97 == 0 and any(c != "0" for c in digits)


def has_bank_number(text: str) -> bool:
    """An IBAN or a French account number whose key holds, or a card's sixteen digits that pass Luhn's sum."""
    for found in _IBAN.finditer(text.upper()):
        number = found.group().replace(" ", "")
        turned = "".join(str(int(c, 36)) for c in number[4:] + number[:4])
        if int(turned) % 97 == 1:
            return True
    if any(_is_rib(found.group()) for found in _RIB.finditer(text.upper())):
        return True
    for found in _CARD.finditer(text):
        digits = [int(c) for c in found.group() if c.isdigit()]
        doubled = sum(d if i % 2 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(digits))
        if doubled % 10 == 0:
            return True
    return False


def watched_in(text: str, watched: Iterable[WatchedWord]) -> list[WatchedWord]:
    """The practice's words that a text holds, whole, in the singular or the plural, whatever the accents."""
    held = fold(text)
    return [word for word in watched if re.search(rf"\b{re.escape(word.folded)}(?:s|x|e|es)?\b", held)]


_WATCHED = Prepared(lambda: WatchedWord.objects.order_by("folded"))


def _watched() -> list[WatchedWord]:
    """The practice's list: one query; none where no practice is at work."""
    if current_practice_or_none() is None:
        return []
    return _WATCHED.all()


def cautions(texts: Iterable[tuple[str, str]]) -> list[str]:
    """French phrases for (label, text) pairs: the field, what is written there, and why it should not be."""
    texts = [(label, text) for label, text in texts if text.strip()]
    found = []
    for label, text in texts:
        if has_bank_number(text):
            found.append(f"{label}\u00a0: un numéro de banque y est écrit, retirez-le")
        if has_nir(text):
            found.append(
                f"{label}\u00a0: un numéro de sécurité sociale y est écrit, sa place est dans la fiche d’identité"
            )
    watched = _watched() if texts else []
    for label, text in texts:
        for word in watched_in(text, watched):
            why = f" ({word.reason})" if word.reason else ""
            found.append(
                f"{label}\u00a0: «\u00a0{word.text}\u00a0» est de ceux que le cabinet n’écrit pas{why}"
            )
    return found
