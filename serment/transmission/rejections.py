"""A rejection in words, and what to do. The funds' own table of codes is not public: ours reads their label's words.

`data/rejections.csv`: words looked for (upper case, separated by « | »), what it means, what to do, where to do it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Explained:
    """``where``: coverage, details, claim or fund; the page links it."""

    meaning: str
    action: str
    where: str


UNKNOWN = Explained(
    "Le motif n’est pas dans notre table.",
    "Lisez le libellé de la caisse ; au besoin appelez-la, puis corrigez et renvoyez, ou closez.",
    "fund",
)


@cache
def _table() -> tuple[tuple[re.Pattern[str], Explained], ...]:
    path = Path(__file__).parent / "data" / "rejections.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                re.compile(rf"\b(?:{row['words']})"),
                Explained(row["meaning"], row["action"], row["where"]),
            )
            for row in csv.DictReader(file, delimiter=";")
        )


def explain(label: str) -> Explained:
    """The first line of the table whose words are in the label."""
    upper = label.upper()
    return next((found for words, found in _table() if words.search(upper)), UNKNOWN)
