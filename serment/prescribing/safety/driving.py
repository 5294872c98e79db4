"""The driving pictogram (arrêté of 8 August 2008): what to tell the patient. An extract, dated, to be checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from serment.prescribing.safety.facts import Alert, Item

_FILE = Path(__file__).parents[1] / "data" / "driving.toml"
_MG = re.compile(r"(\d+(?:,\d+)?) mg\b")


@cache
def table() -> dict[str, Any]:
    raw = tomllib.loads(_FILE.read_text())
    raw["of"] = {name: int(level) for level, names in raw["level"].items() for name in names}
    return raw


def level(item: Item) -> int:
    """1 to 3; 0 for a medicine that the extract does not name."""
    known = table()
    if item.medicine.atc and not item.medicine.atc.startswith(tuple(known["groups"])):
        return 0
    best = 0
    for word in item.words & known["of"].keys():
        found = known["of"][word]
        if (lower := known["lower"].get(word)) and item.medicine.atc.startswith(lower["atc"]):
            found = lower["level"]
        dose = known["doses"].get(word)
        if dose and any(float(mg.replace(",", ".")) >= dose["mg"] for mg in _MG.findall(item.label)):
            found = dose["level"]
        best = max(best, found)
    return best


def check(items: Sequence[Item]) -> tuple[list[Alert], set[int]]:
    """(one information for each new line with a pictogram, places of those lines); no query."""
    known = table()
    found, covered = [], set()
    for item in (item for item in items if not item.running):
        if reached := level(item):
            covered.add(item.place)
            title = f"{item.label} : conduite, niveau {reached}"
            text = known["words"][str(reached)]
            found.append(Alert("conduite", "information", (item.place,), title, text, source=known["source"]))
    return found, covered
