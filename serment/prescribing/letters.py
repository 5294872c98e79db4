"""Numbers in French words, for the secured ordonnance: « vingt et un », « quatre-vingts » (R.5132-29 CSP). Pure."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
).split()
_TENS = (
    "",
    "dix",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante",
    "quatre-vingt",
    "quatre-vingt",
)


def in_words(number: int) -> str:
    """0 to 999 999. Raises ValueError beyond."""
    if not 0 <= number < 1_000_000:
        raise ValueError(number)
    if number < 100:
        return _under_hundred(number)
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = "cent" if hundreds == 1 else f"{_UNITS[hundreds]} cent"
        if not rest:
            return head + ("s" if hundreds > 1 else "")
        return f"{head} {_under_hundred(rest)}"
    thousands, rest = divmod(number, 1000)
    said = in_words(thousands)
    if thousands % 100 in (0, 80):
        said = said.removesuffix("s")  # « deux cent mille », « quatre-vingt mille »
    head = "mille" if thousands == 1 else f"{said} mille"
    return f"{head} {in_words(rest)}" if rest else head


def _under_hundred(number: int) -> str:
    if number < 20:
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        unit += 10
    if not unit:
        return _TENS[tens] + ("s" if tens == 8 else "")
    joined = " et " if unit in (1, 11) and tens < 8 else "-"
    return f"{_TENS[tens]}{joined}{_UNITS[unit]}"


_STRENGTH = re.compile(r"(\d[\d\u00a0\u202f ]*(?:,\d+)?) (mg|g|µg|microgrammes|UI)(/\S+(?: \S+)?)?")
_UNIT_WORDS = {
    "mg": "milligramme",
    "g": "gramme",
    "µg": "microgramme",
    "microgrammes": "microgramme",
    "UI": "unité",
}


def strength_in_words(label: str) -> str:
    """« Morphine 10 mg, gélule » → « dix milligrammes »; empty where the label carries no strength (R.5132-29 CSP)."""
    said = []
    for number, unit, _ in _STRENGTH.findall(label):
        value = Decimal(re.sub(r"\s", "", number).replace(",", "."))
        if value < 1_000_000:
            said.append(f"{amount_in_words(value)} {_UNIT_WORDS[unit]}{'s' if value >= 2 else ''}")
    return " et ".join(said)


def amount_in_words(value: Decimal) -> str:
    """« deux », « un demi », « deux virgule cinq »: a dose in words."""
    whole, part = int(value), value - int(value)
    if part == Decimal("0.5"):
        return "un demi" if not whole else f"{in_words(whole)} et demi"
    if not part:
        return in_words(whole)
    digits = f"{part.normalize():f}"[2:]
    spoken = " ".join(in_words(int(digit)) for digit in digits)
    return f"{in_words(whole)} virgule {spoken}"
