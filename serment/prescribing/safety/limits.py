"""Texts of the thesaurus that aim at a route, a dose or one partner: what a line clearly is not is told lower, and why.

`data/limits.toml`, « à vérifier ». What the line does not say (no route, no strength) changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from serment.catalogues import strengths
from serment.catalogues.models import Interaction
from serment.catalogues.substances import candidates, full_key
from serment.catalogues.wording import volume
from serment.formats.names import fold
from serment.prescribing.safety.facts import LEVELS, Alert, Item

_FILE = Path(__file__).parents[1] / "data" / "limits.toml"
_MG = {"g": Decimal(1000), "mg": Decimal(1), "ug": Decimal("0.001"), "microgrammes": Decimal("0.001")}
Side = tuple[Item, set[str]]
"""A line and what the thesaurus calls it."""


@dataclass(frozen=True)
class Limit:
    """``of``: protagonists that the line is one of; ``others``: those of which its partner must be one."""

    text: str
    never: str
    of: frozenset[str]
    key: str
    said: str
    level: str
    routes: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    below_mg: Decimal | None = None
    atc: str = ""
    sure_mg: Decimal | None = None
    others: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def excludes(self, item: Item) -> bool:
        """Whether the route or the strength of a line is clearly none that the text aims at."""
        here = {route.strip() for route in item.medicine.routes.split(";")} - {""}
        if here and ((self.routes and here.isdisjoint(self.routes)) or (self.spared and here <= self.spared)):
            return True
        if self.below_mg is None or (held := _milligrams(item, self.key)) is None or held >= self.below_mg:
            return False
        sure = self.sure_mg is None or held <= self.sure_mg
        return sure or bool(self.atc and item.medicine.atc.startswith(self.atc))

    def kept(self, problems: Sequence[str]) -> bool:
        """Whether a problem of the record keeps the level: by a word of it, or by its code."""
        words = {word for problem in problems for word in fold(problem).split()}
        return any(one in words or any(word.startswith(one.lower()) for word in words) for one in self.unless)


def _keys(name: str) -> frozenset[str]:
    return frozenset((f"s:{full_key(name)}", f"f:{fold(name)}"))


@cache
def _limits() -> tuple[Limit, ...]:
    raw = tomllib.loads(_FILE.read_text())
    return tuple(
        Limit(
            row["text"],
            row.get("never", ""),
            _keys(row["of"]),
            full_key(row["of"]),
            row.get("said", ""),
            row.get("level", "information"),
            frozenset(row.get("routes", ())),
            frozenset(row.get("spared", ())),
            _number(row.get("below_mg")),
            row.get("atc", ""),
            _number(row.get("sure_mg")),
            frozenset().union(*(_keys(name) for name in row.get("others", ()))),
            tuple(row.get("others", ())),
            tuple(row.get("unless", ())),
        )
        for row in raw["limit"]
    )


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@lru_cache(maxsize=4096)
def _of_text(info: str, mechanism: str) -> tuple[Limit, ...]:
    said = f" {fold(info)} {fold(mechanism)} "
    return tuple(
        one for one in _limits() if f" {one.text} " in said and not (one.never and f" {one.never} " in said)
    )


def lower(alert: Alert, row: Interaction, sides: tuple[Side, Side], problems: Sequence[str]) -> Alert:
    """The alert as it is, told lower with why, or set aside where it is about another partner. Never silence."""
    for one in _of_text(row.info, row.mechanism):
        for (item, names), (_, partners) in (sides, sides[::-1]):
            if one.of.isdisjoint(names) or one.kept(problems):
                continue
            if one.others:
                return alert if one.others & partners else replace(alert, only=one.named)
            if alert.rank > LEVELS[one.level] and one.excludes(item):
                return _told(alert, one)
    return alert


def _told(alert: Alert, one: Limit) -> Alert:
    why = f"ce texte vise {one.said}"
    text = f"{alert.level.capitalize()} au thésaurus\u00a0; {why}. {alert.text}".strip()
    return replace(alert, level=one.level, title=f"{alert.title}\u00a0: {why}", text=text)


def _milligrams(item: Item, key: str) -> Decimal | None:
    """How much of a substance one unit of a line holds; None where it is not told, or told of a volume."""
    rows = [row for row in item.medicine.substances if key in candidates(row[1])]
    rows = [row for row in rows if row[2] == "FT"] or rows
    found = []
    for row in rows:
        amounts = [one for one in strengths.split(row[3])[1] if one.unit in _MG and one.per is None]
        of_volume = len(row) > 5 and volume(row[5], item.medicine.form)
        if len(amounts) != 1 or of_volume:
            return None
        found.append(amounts[0].number * _MG[amounts[0].unit])
    return max(found, default=None)
