"""Where prices are looked up: what ships with the source, under what the practice's database adds to it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from serment.billing.quote.tariffs import FOLDER, Tariff, Unpriced, tariffs
from serment.catalogues import ccam as files


@dataclass(frozen=True)
class CcamRow:
    """What an act is worth that day, in one grid."""

    act: files.Act
    cents: int
    grid: int
    starts: dt.date
    source: str
    confidence: str
    key: str


@dataclass
class Book:
    """Tariffs by (profession, code), CCAM acts by code with their dated prices.

    ``ccam_until``: last effective date of the imported CCAM; beyond a year after it a price has to be confirmed.
    """

    tariffs: Mapping[tuple[str, str], Tariff]
    acts: Mapping[str, files.Act] = field(default_factory=dict)
    prices: Mapping[str, list[files.Price]] = field(default_factory=dict)
    ccam_source: str = ""
    ccam_until: dt.date = dt.date.min

    def find(self, profession: str, code: str) -> Tariff:
        """Raises Unpriced: unknown code, or one that belongs to another profession."""
        tariff = self.tariffs.get((profession, code))
        if tariff is not None:
            return tariff
        others = sorted(owner for owner, other in self.tariffs if other == code)
        if others:
            raise Unpriced(f"{code} n’est pas un acte de cette profession (il est à : {', '.join(others)}).")
        raise Unpriced(
            f"{code} : ce code n’est pas dans les tarifs sourcés de ce logiciel ; il n’est pas inventé."
        )

    def of(self, profession: str) -> list[Tariff]:
        return [tariff for (owner, _), tariff in self.tariffs.items() if owner == profession]

    def ccam(self, code: str, activity: str, phase: str, day: dt.date, grid: int) -> CcamRow:
        """Raises Unpriced: unknown or ended act, activity, phase or grid without a price that day."""
        act = self.acts.get(code)
        if act is None:
            raise Unpriced(f"{code} : cet acte n’est pas dans la CCAM chargée ({self.ccam_source}).")
        if day < act.starts or (act.ends is not None and day > act.ends):
            raise Unpriced(f"{code} : cet acte n’est pas en vigueur au {day:%d/%m/%Y}.")
        fitting = [
            price
            for price in self.prices.get(code, ())
            if price.activity == activity
            and price.phase == phase
            and price.starts <= day
            and grid in price.grids
        ]
        if not fitting:
            raise Unpriced(
                f"{code} : aucun tarif au {day:%d/%m/%Y} pour l’activité {activity}, phase {phase}, grille {grid}."
            )
        price = max(fitting, key=lambda one: one.starts)
        cents = price.grids[grid]
        old = (day - self.ccam_until).days > 366
        published = f", JO du {price.published:%d/%m/%Y}" if price.published else ""
        return CcamRow(
            act=act,
            cents=cents,
            grid=grid,
            starts=price.starts,
            source=f"{self.ccam_source}, grille {grid}, effet au {price.starts:%d/%m/%Y}{published}",
            confidence="à vérifier" if old else "sourcé",
            key=f"ccam:{code}:{activity}:{phase}:{grid}:{price.starts}:{cents}",
        )


@cache
def ccam_rules() -> dict[str, Any]:
    """Associations, modifiers, cumul with a consultation and grids: `data/ccam.toml`."""
    return tomllib.loads((FOLDER / "ccam.toml").read_text(encoding="utf-8"))


def ccam_of(rows: Iterable[tuple[files.Act, files.Price]]) -> dict[str, Any]:
    """The two mappings of a Book, from (act, price) pairs."""
    acts: dict[str, files.Act] = {}
    prices: dict[str, list[files.Price]] = {}
    for act, price in rows:
        acts[act.code] = act
        prices.setdefault(act.code, []).append(price)
    return {"acts": acts, "prices": prices}


@cache
def shipped() -> Book:
    """What ships with the source: dated tariffs and a few CCAM acts."""
    until = max(price.starts for _, price in files.starter())
    return Book(
        tariffs(), **ccam_of(files.starter()), ccam_source="CCAM, actes livrés au départ", ccam_until=until
    )
