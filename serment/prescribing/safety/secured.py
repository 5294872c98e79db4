"""Secured paper: a duration, no renewal of a narcotic, a patch as long as it acts. Dated data (`data/rules.toml`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from serment.catalogues.models import Medicine
from serment.prescribing.dosage import hours_between
from serment.prescribing.safety.conditions import is_narcotic, is_secured, rules
from serment.prescribing.safety.facts import Alert, Item


def interval(medicine: Medicine) -> dict[str, Any]:
    """What the data say of how long one unit of it acts (``hours``, ``when``, ``source``); empty for the others."""
    words = Item(0, medicine).words
    for row in rules()["interval"]:
        if row["substance"] in words and row["form"] in medicine.form.lower():
            return dict(row)
    return {}


def check(items: Sequence[Item]) -> list[Alert]:
    """Of the new lines whose dosage is known; no query."""
    found = []
    for item in items:
        if item.running or item.dosage is None:
            continue
        narcotic = is_narcotic(item)
        if (narcotic or is_secured(item)) and not (item.days or item.dosage.single):
            found.append(
                _refused(item, "duration", rules()["duration"]["narcotic" if narcotic else "secured"])
            )
        if narcotic and item.renewals:
            found.append(_refused(item, "renewals", rules()["renewal"]["narcotic"]))
        found += _oftener(item)
    return found


def _refused(item: Item, field: str, rule: dict[str, str]) -> Alert:
    title = f"{item.label} : {rule['title']}"
    return Alert("règle", "règle", (item.place,), title, rule["text"], source=rule["source"], field=field)


def _oftener(item: Item) -> list[Alert]:
    """A patch taken again before the last one has given what it holds."""
    rule = interval(item.medicine)
    hours = hours_between(item.dosage) if rule and item.dosage else 0
    if not hours or hours >= rule["hours"]:
        return []
    title = f"{item.label} : {rule['text']}, la ligne en pose un toutes les {round(hours)} heures"
    why = "Choisissez « tous les 3 jours », ou dites pourquoi plus souvent."
    return [Alert("règle", "règle", (item.place,), title, why, source=rule["source"])]
