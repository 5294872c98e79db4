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


_GREATER = {1_000_000_000: "milliard", 1_000_000: "million"}


def in_words(number: int) -> str:
    """A whole number from 0 on, in the masculine; from a thousand milliards on, digit by digit."""
    if number >= 1_000_000_000_000:
        return _digits(str(number))
    for size, name in _GREATER.items():
        if number >= size:
            count, rest = divmod(number, size)
            head = f"{in_words(count)} {name}{'s' if count > 1 else ''}"
            return f"{head} {in_words(rest)}" if rest else head
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


def _digits(text: str) -> str:
    return " ".join(_UNITS[int(digit)] for digit in text)


FEMININE = {
    "gélule",
    "dose",
    "goutte",
    "cuillère-mesure",
    "bouffée",
    "application",
    "injection",
    "ampoule",
    "unité",
    "pulvérisation",
    "gomme",
    "pastille",
    "boîte",
}
FEMININE_TIMES = {"fois", "heure", "semaine"}
_UNIT_NAMES = {"mL": "millilitre", "mg": "milligramme"}
_STRENGTH = re.compile(
    r"(\d[\d\u00a0\u202f ]*(?:,\d+)?)\s(mg|g|µg|microgrammes?|UI)"
    r"(?:\s?/\s?(\d[\d,]*)?\s?(mL|ml|heures?|h|dose|g)\b)?"
)
_UNIT_WORDS = {
    "mg": "milligramme",
    "g": "gramme",
    "µg": "microgramme",
    "microgramme": "microgramme",
    "microgrammes": "microgramme",
    "UI": "unité",
}
_PER = {
    "mL": "millilitre",
    "ml": "millilitre",
    "heure": "heure",
    "heures": "heure",
    "h": "heure",
    "dose": "dose",
    "g": "gramme",
}


def strength_in_words(label: str) -> str:
    """« Morphine 10 mg, gélule » → « dix milligrammes »; empty where the label carries no strength (R.5132-29 CSP).

    What it is for is said too: « 25 microgrammes/h » → « vingt-cinq microgrammes par heure ».
    """
    said = []
    for number, unit, for_how_many, per in _STRENGTH.findall(label):
        value = Decimal(re.sub(r"\s", "", number).replace(",", "."))
        if value < 1_000_000:
            words = counted_in_words(value, _UNIT_WORDS[unit])
            if per and for_how_many not in ("", "1"):
                words += f" pour {counted_in_words(Decimal(for_how_many.replace(',', '.')), _PER[per])}"
            elif per:
                words += f" par {_PER[per]}"
            said.append(words)
    return listed(said)


def dose_in_words(value: Decimal, unit: str) -> str:
    """« une gélule », « un demi-comprimé », « deux comprimés et demi »: a dose and its unit."""
    name = _UNIT_NAMES.get(unit, unit)
    whole, part = int(value), value - int(value)
    half = "demie" if unit in FEMININE else "demi"
    if part == Decimal("0.5"):
        one = "une" if unit in FEMININE else "un"
        return f"{one} demi-{name}" if not whole else f"{counted_in_words(Decimal(whole), name)} et {half}"
    if not whole and part in _QUARTERS:
        return f"{_QUARTERS[part]} {'d’' if name[0] in 'aeiouh' else 'de '}{name}"
    return counted_in_words(value, name)


_QUARTERS = {Decimal("0.25"): "un quart", Decimal("0.75"): "trois quarts"}


def counted_in_words(value: Decimal, name: str) -> str:
    """« vingt et une gélules »: the numeral agrees with the unit, the plural begins at two."""
    words = amount_in_words(value, name)
    if value < 2 or name.endswith(("s", "x")):
        return f"{words} {name}"
    head, _, tail = name.partition("-")
    return f"{words} {head}s" + (f"-{tail}" if tail else "")


def number_in_words(number: int, name: str) -> str:
    """« vingt et une » for a feminine ``name``, « vingt et un » elsewhere: its number alone."""
    words = in_words(number)
    one = words == "un" or words.endswith((" un", "-un"))
    return f"{words}e" if one and name in FEMININE | FEMININE_TIMES else words


def amount_in_words(value: Decimal, name: str = "") -> str:
    """« deux », « deux virgule cinq », « zéro virgule zéro cinq »: never fails, however many decimals were signed.

    Up to six decimals are one number after their zeros; more are said digit by digit.
    """
    whole, part = int(value), value - int(value)
    if not part:
        return number_in_words(whole, name)
    digits = f"{part.normalize():f}"[2:]
    zeros = ["zéro"] * (len(digits) - len(digits.lstrip("0")))
    spoken = " ".join([*zeros, in_words(int(digits))]) if len(digits) <= 6 else _digits(digits)
    return f"{number_in_words(whole, name)} virgule {spoken}"


def listed(parts: list[str]) -> str:
    """« a », « a et b », « a, b et c »"""
    return " et ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
