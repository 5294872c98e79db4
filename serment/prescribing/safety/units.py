"""A dose counted in a unit that the form of the medicine does not have: two millilitres of a tablet."""

from __future__ import annotations

from collections.abc import Sequence

from serment.prescribing.safety.facts import Alert, Item
from serment.prescribing.units import units_for

SOURCE = "forme pharmaceutique du catalogue"


def check(items: Sequence[Item]) -> list[Alert]:
    """One alert for each new line whose unit contradicts its form; none where the unit or the form is unknown."""
    return [
        Alert(
            kind="unité",
            level="règle",
            places=(item.place,),
            title=f"{item.label} : la dose est en « {item.unit} »",
            text=f"Ce médicament se compte en : {', '.join(units_for(item.medicine.form)[:4])}.",
            source=SOURCE,
        )
        for item in items
        if not item.running
        and item.unit
        and item.medicine.form
        and item.unit not in units_for(item.medicine.form)
    ]
