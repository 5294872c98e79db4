"""A medicine that the list of the prescriber's profession gives to some patients, or does not name.

The list of midwives goes by classes (annexe 41-4 of the CSP). It reached these data by public reports of the décret,
not by the Journal officiel, hence « à vérifier »: what it gives comes with its condition, and what it does not name
wants a reason, which is kept. What no reading of the list could hold is refused outright (`rights`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.prescribing import rights
from serment.prescribing.safety.facts import Alert, Item, PatientFacts

ABOUT = "liste de votre profession"
_FILES = {"sage_femme": "midwife.toml"}
_WHO = {"woman": "une patiente", "newborn": "un nourrisson de moins d’un an", "partner": "un homme"}
_CHILD = 11
"""Below this age and from one year on, the list has nobody."""


@dataclass(frozen=True)
class Class:
    """A class of the list: ATC prefixes, whom it is for (`_WHO`), its condition in French where it has one."""

    label: str
    to: frozenset[str]
    atc: tuple[str, ...]
    only: str = ""


@dataclass(frozen=True)
class Listing:
    """The list of one profession. ``source``: its text, its date, and that it is to be verified."""

    classes: tuple[Class, ...]
    source: str


@cache
def listing(profession: str) -> Listing | None:
    """The list by classes of a profession; None where it has none."""
    if profession not in _FILES:
        return None
    raw = tomllib.loads((Path(__file__).parents[1] / "data" / _FILES[profession]).read_text())
    classes = tuple(
        Class(row["label"], frozenset(row["to"]), tuple(row["atc"]), row.get("only", ""))
        for row in raw["class"]
    )
    return Listing(classes, f"{raw['text']}, classes relevées le {raw['dated']:%d/%m/%Y}, à vérifier")


def check(items: Sequence[Item], patient: PatientFacts) -> tuple[list[Alert], set[int] | None]:
    """(alerts, places that could be looked at); None instead of places where the profession has no list by classes."""
    known = listing(patient.prescriber_profession)
    new = [item for item in items if not item.running]
    if known is None:
        return _asked(new, patient.prescriber_profession), None
    looked = {item.place for item in new if item.medicine.atc}
    found = [alert for item in new if item.place in looked for alert in _said(item, known, patient)]
    return found, looked


def _asked(items: Sequence[Item], profession: str) -> list[Alert]:
    """A reason for what the profession's text may not hold (`rights.asks`): topicals of the lists I and II."""
    source = f"{rights.of(profession).text}, à vérifier"
    return [
        _alert(item, source, "règle", why)
        for item in items
        if (why := rights.asks(profession, item.medicine))
    ]


def _said(item: Item, known: Listing, patient: PatientFacts) -> list[Alert]:
    named = [one for one in known.classes if item.medicine.atc.startswith(one.atc)]
    who = _who(patient)
    given = [one for one in named if who in one.to]
    if any(not one.only for one in given):
        return []
    if given:
        return [_alert(item, known.source, "information", f"{given[0].label} : {given[0].only}.")]
    if named:
        to = " ou ".join(_WHO[one] for one in _WHO if any(one in row.to for row in named))
        return [
            _alert(
                item, known.source, "règle", f"Dans la liste pour {to} seulement. Dites ce qui le permet ici."
            )
        ]
    return [_alert(item, known.source, "règle", "Hors des classes connues ici. Dites quel texte le permet.")]


def _who(patient: PatientFacts) -> str:
    """Whom of the list this patient is; « » for who is in none of its tables. Not known: a woman, as most are."""
    if patient.age is not None and patient.age < 1:
        return "newborn"
    if patient.age is not None and patient.age < _CHILD:
        return ""
    return "partner" if patient.sex == "M" else "woman"


def _alert(item: Item, source: str, level: str, text: str) -> Alert:
    return Alert(
        kind="profession",
        level=level,
        places=(item.place,),
        title=f"{item.label} et {ABOUT}",
        text=text[0].upper() + text[1:],
        source=source,
    )
