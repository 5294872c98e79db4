"""The same substance twice, or two medicines of the same therapeutic class (ATC, five characters)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from serment.catalogues.substances import moiety
from serment.catalogues.wording import named
from serment.prescribing.safety.facts import Alert, Item

CLASS_LENGTH = 5


def check(items: Sequence[Item]) -> list[Alert]:
    """At most one alert for two lines; no query."""
    found = []
    for one, two in combinations(items, 2):
        if one.running and two.running:
            continue
        places = tuple(item.place for item in (one, two) if not item.running)
        others = tuple(item.label for item in (one, two) if item.running)
        title = f"{one.label} – {two.label}"
        shared = one.moieties & two.moieties
        if shared:
            text = f"Même substance : {', '.join(_named(one, two, key) for key in sorted(shared))}."
        elif one.medicine.atc and one.medicine.atc[:CLASS_LENGTH] == two.medicine.atc[:CLASS_LENGTH]:
            text = f"Même classe ATC : {one.medicine.atc[:CLASS_LENGTH]}."
        else:
            continue
        found.append(Alert("doublon", "doublon", places, title, text, source="BDPM, ATC", others=others))
    return found


def _named(one: Item, two: Item, key: str) -> str:
    """The shortest of the names that the catalogue gives to what both hold: « insuline glargine »."""
    names = {named(name.strip()) for item in (one, two) for name in item.substances if moiety(name) == key}
    name = min(names, key=lambda text: (len(text), text))
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
