"""What a complementary body may read of a sheet: grouped codes and sums (référentiel §6, R6.8).

The groups are `data/amc_groups.csv`, our table: the bodies' own is not public, « à vérifier » with each. An act that
the table does not know goes under AUTR, never under its own code.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from serment.formats.fse import b2

OTHER = "AUTR"
_CCAM = re.compile(r"[A-Z]{4}[0-9]{3}")


@cache
def _table() -> dict[str, str]:
    path = Path(__file__).parent / "data" / "amc_groups.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["group"] for row in csv.DictReader(file, delimiter=";")}


def group_of(code: str) -> str:
    """The group of an act's code, as written on the claim (« AMI 4 », « DEQP003 »)."""
    first = code.split(" ")[0].upper()
    return "ACTM" if _CCAM.match(first) else _table().get(first, OTHER)


def grouped(acts: Iterable[b2.Act]) -> list[b2.Act]:
    """One act per group: sums only, without quantity, coefficient, place nor rate of the act."""
    found: dict[str, b2.Act] = {}
    for act in acts:
        name = group_of(act.ccam or act.code)
        before = found.get(name)
        base, amo, amc, fee = act.base, act.amo, act.amc, act.fee
        if before is not None:
            base, amo = base + before.base, amo + before.amo
            amc, fee = amc + before.amc, fee + before.fee
        found[name] = b2.Act(name, act.done_on, base, amo, fee, 0, amc=amc, unit_price=base)
    return list(found.values())
