"""The calendar of a pregnancy: day zero of its weeks of amenorrhoea (SA) and its term. Pure; it knows no kind of entry.

French usage: the term is 41 SA. The figures are dated data (`data/pregnancy_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "pregnancy_2026.toml"


def is_offered(sex: str) -> bool:
    """Whether what belongs to a pregnancy is offered: not to a man; where the sex is not known, it is.

    It is about what a page proposes: the page of a pregnancy, and its form, stay at their address.
    """
    return sex != "M"


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


MONTHLY = "month-"
FIRST_MONTHLY, MONTHS = 4, 9


def step_label(key: str) -> str:
    """What a step of the follow-up is called; empty for a key that it has not, or has no more."""
    month = key.removeprefix(MONTHLY)
    if month != key:
        return f"examen du {month}e mois" if month in map(str, range(FIRST_MONTHLY, MONTHS + 1)) else ""
    return next((str(rule["label"]) for rule in rules()["step"] if rule["key"] == key), "")


def origin(lmp: date | None, began_on: date | None) -> date:
    """Day zero: two weeks before the dated beginning, else the last menses. Raises ValueError without either."""
    if began_on is not None:
        return began_on - timedelta(weeks=rules()["began_weeks"])
    if lmp is None:
        raise ValueError("a pregnancy is dated")
    return lmp


def due_on(origin: date) -> date:
    return origin + timedelta(weeks=rules()["term_weeks"])
