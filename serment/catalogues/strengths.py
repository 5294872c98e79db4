"""Strengths as people type them and as labels carry them: « 1g » is « 1000 mg », 5 is neither 2,5 nor 50. Pure.

A number is a strength, whole: it is indexed as a word of its own (`marks`), which no typed word can be the beginning
of, and it is looked up by equality.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from serment.formats.folding import unaccented
from serment.formats.names import words

_SPELT = {
    "kg": ("ug", "1000000000"),
    "g": ("ug", "1000000"),
    "mg": ("ug", "1000"),
    "ug": ("ug", "1"),
    "µg": ("ug", "1"),
    "μg": ("ug", "1"),
    "mcg": ("ug", "1"),
    "gamma": ("ug", "1"),
    "gammas": ("ug", "1"),
    "microg": ("ug", "1"),
    "microgramme": ("ug", "1"),
    "microgrammes": ("ug", "1"),
    "ng": ("ug", "0.001"),
    "ui": ("ui", "1"),
    "u": ("ui", "1"),
    "unite": ("ui", "1"),
    "unites": ("ui", "1"),
    "mui": ("ui", "1000000"),
    "million d'ui": ("ui", "1000000"),
    "millions d'ui": ("ui", "1000000"),
    "millions ui": ("ui", "1000000"),
    "mmol": ("mmol", "1"),
    "meq": ("meq", "1"),
    "mbq": ("mbq", "1"),
    "gbq": ("mbq", "1000"),
    "ch": ("ch", "1"),
    "dh": ("dh", "1"),
    "%": ("%", "1"),
    "pour cent": ("%", "1"),
    "l": ("ml", "1000"),
    "ml": ("ml", "1"),
    "cl": ("ml", "10"),
}
"""Unit as written, folded → the one that it is counted in, and how many of it make one."""
_UNIT = "|".join(sorted(map(re.escape, _SPELT), key=len, reverse=True))
_PER = r"(?: ?/ ?(?P<count>\d+(?:[.,]\d+)?)? ?(?P<per>ml|l|kg|g|h|heures?|doses?)(?![a-z0-9]))?"
_NUMBER = (
    r"\d{1,3}(?: 000)+|\d{1,3}(?: \d{3})+(?= ?(?:m?ui|unites?|u)\b)"
    rf"|\d{{1,2}} \d{{3}}(?= ?(?:{_UNIT})(?![a-z0-9]))|\d+(?:[.,]\d+)?"
)
"""Thousands apart where they can be nothing else: three zeros, or a unit behind."""
_AMOUNT = re.compile(
    rf"(?<![a-z0-9.,])(?P<number>{_NUMBER})(?: ?(?P<unit>{_UNIT})(?![a-z0-9]){_PER}|(?![a-z0-9]|[.,]\d|-[a-z]))"
)
_SPACES = re.compile(r"\s+")
_NO_ZERO = re.compile(r"(?<![\d.,])[.,](?=\d)")
_VOLUME = "ml"


@dataclass(frozen=True)
class Amount:
    """A number with its unit (empty: none written) and what it is for: « /5 mL » is ("ml", 5)."""

    number: Decimal
    unit: str = ""
    per: tuple[str, Decimal] | None = None

    def marks(self) -> set[str]:
        """Index words of an amount of a label: as it is written, in the unit that it is counted in, in percent."""
        if not self.unit:
            return {_mark(self.number)}
        base, counted = _base(self.unit), self.number * _factor(self.unit)
        return {_mark(counted, base), *self._percent()} | (set() if base == _VOLUME else {_mark(self.number)})

    def asks(self) -> set[str]:
        """Index words that answer an amount as typed: a number alone is any unit's, or milligrams."""
        if self.unit:
            return self._percent() or {_mark(self.number * _factor(self.unit), _base(self.unit))}
        return {_mark(self.number), _mark(self.number * 1000, "ug")}

    def _percent(self) -> set[str]:
        """« 10 mg/5 mL » is 0,2 g in 100 mL; empty for what is no weight in a volume or in a weight."""
        if not self.per or self.per[0] not in ("ml", "g") or _base(self.unit) != "ug":
            return set()
        return {_mark(self.number * _factor(self.unit) / _factor("g") * 100 / self.per[1], "%")}


def _mark(number: Decimal, base: str = "") -> str:
    return f"={number.normalize():f}{base}"


def _base(unit: str) -> str:
    return _SPELT[unit][0]


def _factor(unit: str) -> Decimal:
    return Decimal(_SPELT[unit][1])


def _same_ratio(one: Amount, two: Amount) -> bool:
    if not one.per or not two.per or not one.unit or not two.unit or one.per[0] != two.per[0]:
        return False
    return _base(one.unit) == _base(two.unit) and (
        one.number * _factor(one.unit) * two.per[1] == two.number * _factor(two.unit) * one.per[1]
    )


def split(text: str) -> tuple[list[str], list[Amount]]:
    """The folded words of a text, and its amounts apart: « Amox 1g/125 » → amox; 1 g, 125.

    A number glued to letters that are no unit stays in its word (« B12 »).
    """
    plain = _NO_ZERO.sub("0,", _SPACES.sub(" ", unaccented(text.casefold())).replace("’", "'"))
    found = [_amount(match) for match in _AMOUNT.finditer(plain)]
    return words(_AMOUNT.sub(" ", plain)), found


def _amount(match: re.Match[str]) -> Amount:
    number = Decimal(match["number"].replace(" ", "").replace(",", "."))
    if match["unit"] is None:
        return Amount(number)
    if not match["per"]:
        return Amount(number, match["unit"])
    count = Decimal((match["count"] or "1").replace(",", "."))
    per = {"l": ("ml", count * 1000), "kg": ("g", count * 1000)}.get(match["per"], (match["per"], count))
    return Amount(number, match["unit"], (per[0].removesuffix("s").replace("heure", "h"), per[1]))


def marks(*texts: str) -> set[str]:
    """Every index word of the amounts of these texts."""
    return {mark for text in texts for amount in split(text)[1] for mark in amount.marks()}


@dataclass(frozen=True)
class _Part:
    """One substance of a label, or a whole brand: its words and its amounts."""

    words: tuple[str, ...]
    amounts: tuple[Amount, ...]
    marks: frozenset[str]

    def has(self, asked: Asked) -> bool:
        if asked.amount.per is None:
            return not self.marks.isdisjoint(asked.marks)
        return any(_same_ratio(amount, asked.amount) for amount in self.amounts)


@dataclass(frozen=True)
class Asked:
    """An amount as typed, with the index words that answer it."""

    amount: Amount
    marks: frozenset[str]


def asked(amounts: list[Amount]) -> list[Asked]:
    return [Asked(amount, frozenset(amount.asks())) for amount in amounts]


def _part(text: str) -> _Part:
    said, amounts = split(text)
    return _Part(tuple(said), tuple(amounts), frozenset(mark for one in amounts for mark in one.marks()))


@lru_cache(maxsize=8192)
def _label(dci_label: str, brand: str) -> tuple[tuple[_Part, ...], _Part]:
    """The substances of a label, and its brand: public, so remembered."""
    return tuple(_part(part) for part in dci_label.rsplit(", ", 1)[0].split(" + ")), _part(brand)


def fits(typed: list[Asked], names: list[str], dci_label: str, brand: str) -> tuple[bool, bool]:
    """(whether a medicine is of the strength typed, whether it holds nothing beside).

    Each amount typed is one of the label's or the brand's. A substance that was named (``names``: folded words, as
    typed) has its own strength among those typed, not its neighbour's: « ramipril 5 » is not ramipril 10 mg with
    amlodipine 5 mg.
    """
    parts, of_brand = _label(dci_label, brand)
    here = [one for one in typed if any(part.has(one) for part in parts)]
    if len(here) < len(typed) and not all(one in here or of_brand.has(one) for one in typed):
        return False, False
    if len(parts) == 1:
        return True, True
    named = [part for part in parts if part.amounts and _begins_one(part.words, names)]
    met = sum(any(part.has(one) for one in here) for part in named)
    return met >= min(len(named), len(here)), len(parts) <= len(typed)


def _begins_one(said: tuple[str, ...], names: list[str]) -> bool:
    return any(word.startswith(name) for name in names for word in said)


def begins(typed: list[Asked], dci_label: str, brand: str) -> bool:
    """Whether a strength begins with the digits typed: what is still being written."""
    parts, of_brand = _label(dci_label, brand)
    known = [f"{amount.number:f}" for part in (*parts, of_brand) for amount in part.amounts]
    return all(any(number.startswith(f"{one.amount.number:f}") for number in known) for one in typed)
