"""The pricing engine: from what happened to proposed acts, each with its reason. Pure: no Django, no key.

This first step knows the consultation of a doctor and its usual majorations. What it does not know it does not propose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from serment.formats.money import share


class Priced(Protocol):
    """A dated price (a catalogue's row)."""

    code: str
    kind: str
    rule: str
    amount_cents: int


@dataclass(frozen=True)
class Situation:
    """What the engine looks at. ``at`` is local time; ``rate`` facts come from the patient's coverage."""

    age_years: int
    at: datetime
    place: str = "office"
    ald: bool = False
    c2s: bool = False


@dataclass(frozen=True)
class Proposal:
    code: str
    why: str


def propose(tariffs: Iterable[Priced], situation: Situation) -> list[Proposal]:
    """Acts to preselect: the consultation or visit, then the majorations whose condition holds."""
    known = {tariff.code: tariff for tariff in tariffs}
    found: list[Proposal] = []
    wanted = ("VG", "CS") if situation.place == "home" else ("G", "CS")
    for code in wanted:
        if code in known:
            where = "au domicile" if situation.place == "home" else "au cabinet"
            found.append(Proposal(code, f"acte principal, {where}"))
            break
    for tariff in known.values():
        if tariff.kind != "majoration":
            continue
        if tariff.rule == "under_6" and situation.age_years < 6:
            found.append(Proposal(tariff.code, "patient de moins de 6 ans"))
        elif tariff.rule == "home" and situation.place == "home" and tariff.code == "MD":
            found.append(Proposal(tariff.code, "déplacement au domicile"))
        elif tariff.rule == "night" and (situation.at.hour >= 20 or situation.at.hour < 8):
            found.append(Proposal(tariff.code, "entre 20 h et 8 h"))
    return found


def rate(situation: Situation) -> tuple[int, str]:
    """(share of the compulsory scheme in percent, why). For information: the fund decides."""
    if situation.ald:
        return 100, "ALD, si les soins sont en rapport"
    if situation.c2s:
        return 100, "complémentaire santé solidaire"
    return 70, "parcours de soins coordonnés (30 % hors parcours)"


@dataclass(frozen=True)
class Amounts:
    """Cents. ``amo`` + ``patient`` = ``total``; ``excess`` is part of the patient's share."""

    total: int
    amo: int
    patient: int
    excess: int


def amounts(lines: Iterable[int], excess: int, percent: int) -> Amounts:
    """Totals of a claim: the fund's share is of the tariff, never of the excess."""
    base = sum(lines)
    amo = share(base, percent)
    return Amounts(base + excess, amo, base + excess - amo, excess)
