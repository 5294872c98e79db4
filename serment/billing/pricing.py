"""The sums of a claim. Pure: no Django, no key. What each act is worth is `serment.billing.quote`'s."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serment.formats.money import share


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
