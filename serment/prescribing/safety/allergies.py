"""Allergies of the record: by substance, then by class of the ATC, nearness said as such."""

from __future__ import annotations

from collections.abc import Sequence

from serment.catalogues.allergens import classes
from serment.catalogues.substances import folded
from serment.formats.names import fold
from serment.prescribing.checks import meets
from serment.prescribing.safety.facts import Alert, Item


def check(
    items: Sequence[Item], allergies: Sequence[str], codes: Sequence[tuple[str, str]] = ()
) -> list[Alert]:
    """One alert for each new line and allergy that meet, by code, by name, then by class; no query.

    ``codes``: (text of an allergy, code of its substance).
    """
    found = []
    coded = dict(codes)
    for item in (item for item in items if not item.running):
        for allergy in allergies:
            same = coded.get(allergy, "") in item.codes
            alert = _by_substance(item, allergy, same) or _by_class(item, allergy)
            if alert is not None:
                found.append(alert)
    return found


def _by_substance(item: Item, allergy: str, same_code: bool) -> Alert | None:
    if not same_code and not meets(allergy, {folded(name) for name in item.substances} | item.moieties):
        return None
    return Alert(
        "allergie",
        "allergie",
        (item.place,),
        f"{item.label} : allergie notée à « {allergy} »",
        "La substance est au dossier parmi les allergies.",
        source="dossier du patient",
    )


def _by_class(item: Item, allergy: str) -> Alert | None:
    known, source = classes()
    said = f" {fold(allergy)} "
    for one in known:
        if not any(f" {word} " in said for word in one.words) or not item.medicine.atc:
            continue
        if item.medicine.atc.startswith(one.atc):
            text, level = f"Même classe : {one.label}.", "allergie"
        elif one.near and item.medicine.atc.startswith(one.near):
            text, level = f"Réaction croisée possible avec : {one.label}.", "précaution d’emploi"
        else:
            continue
        title = f"{item.label} : allergie notée à « {allergy} »"
        return Alert("allergie", level, (item.place,), title, text, source=source)
    return None
