"""All checks of an ordonnance, the gravest first; and, as plainly, how much of it each check could look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from serment.catalogues.allergens import classes
from serment.catalogues.wording import named
from serment.prescribing.safety import (
    allergies,
    conditions,
    contraindications,
    driving,
    duplicates,
    interactions,
    profession,
    secured,
    units,
)
from serment.prescribing.safety.facts import Alert, Item, PatientFacts, same_medicine

NEVER = (
    "doses maximales",
    "interactions avec l’alcool et les aliments",
    "toute contre-indication hors de la petite table citée",
)
"""No open data exist for these in this version: they are never shown as safe."""
INTERACTIONS = "interactions"
BESIDE = "interactions avec un traitement en cours"
CLASS_OF_ALLERGY = "allergies par classe"
SOME = "une part des contre-indications"
NAMED = 3
"""Unknown substances of one line told by name."""
NOTED = "doublons par classe avec un traitement noté en mots"


@dataclass(frozen=True)
class Coverage:
    """How many of the new lines one check has data about. ``partial``: its data are an extract, never the whole."""

    check: str
    looked: int
    lines: int
    source: str
    partial: bool = False

    @property
    def text(self) -> str:
        """« Interactions : 3 lignes sur 4 »"""
        return f"{self.check} : {self.looked} ligne{'s' if self.looked > 1 else ''} sur {self.lines}"

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "covered": self.looked,
            "lines": self.lines,
            "source": self.source,
            "partial": self.partial,
        }


@dataclass(frozen=True)
class Report:
    """``uncovered``: (place, label, what) where some check has no data about a line; -1 for a running treatment."""

    alerts: list[Alert]
    uncovered: list[tuple[int, str, str]] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    never: tuple[str, ...] = NEVER

    @property
    def blocking(self) -> list[Alert]:
        """Those that want a reason."""
        return [alert for alert in self.alerts if alert.excusable]

    @property
    def refused(self) -> dict[int, dict[str, str]]:
        """Place of a line → column → what no reason passes over."""
        found: dict[int, dict[str, str]] = {}
        for alert in self.alerts:
            for place in alert.places if alert.field else ():
                found.setdefault(place, {}).setdefault(alert.field, alert.text)
        return found

    @property
    def shown(self) -> list[Alert]:
        return [alert for alert in self.alerts if not alert.only]

    @property
    def aside(self) -> list[Alert]:
        """Those about substances that are not on these lines: read together, under one heading."""
        return [alert for alert in self.alerts if alert.only]

    @property
    def aside_of(self) -> list[str]:
        return sorted({name for alert in self.aside for name in alert.only})

    @property
    def unchecked(self) -> str:
        """One short line: « contre-indications (2 lignes) ; allergie à « X » »; empty where all was looked at."""
        by: dict[str, set[int]] = {}
        beside: dict[str, list[str]] = {}
        for place, label, what in self.uncovered:
            if place < 0:
                beside.setdefault(what, []).append(label)
            else:
                by.setdefault(what, set()).add(place)
        stated = [by.pop(about, set()) for about in contraindications.ABOUT.values()]
        if whole := set.intersection(*stated):
            by["contre-indications"] = whole
        if part := set.union(*stated) - whole:
            by[SOME] = part
        grouped: dict[frozenset[int], list[str]] = {}
        for what, places in sorted(by.items(), key=lambda row: row[0] not in ("contre-indications", SOME)):
            grouped.setdefault(frozenset(places), []).append(what)
        parts = [
            f"{', '.join(what)} ({len(places)} ligne{'s' if len(places) > 1 else ''})"
            for places, what in sorted(grouped.items(), key=lambda row: -len(row[0]))
        ]
        parts += [f"{what} ({', '.join(labels)})" for what, labels in beside.items()]
        return "\u00a0; ".join(parts)

    @property
    def by_check(self) -> list[tuple[str, list[str]]]:
        """(check, labels of the lines it has no data about)."""
        found: dict[str, list[str]] = {}
        for _, label, what in self.uncovered:
            found.setdefault(what, []).append(label)
        return list(found.items())

    def as_json(self) -> dict[str, Any]:
        """What `serment prescribing check` prints."""
        return {
            "alerts": [
                {
                    "kind": alert.kind,
                    "level": alert.level,
                    "lines": list(alert.places),
                    "title": alert.title,
                    "mechanism": alert.text,
                    "condition": alert.condition,
                    "source": alert.source,
                    "aims_only_at": list(alert.only),
                    "needs_reason": alert.excusable,
                    "refused_at": alert.field,
                }
                for alert in self.alerts
            ],
            "not_covered": {
                "lines": [
                    {"line": place, "label": label, "check": what} for place, label, what in self.uncovered
                ],
                "always": list(self.never),
            },
            "coverage": [row.as_json() for row in self.coverage],
        }


def _some(substances: list[str]) -> str:
    """« poudre d’opium, gaïacol »; at most three of them named."""
    more = f" et {len(substances) - NAMED} autres" if len(substances) > NAMED else ""
    return ", ".join(named(name).lower() for name in substances[:NAMED]) + more


def _of(substances: list[str]) -> str:
    return f"{INTERACTIONS} de «\u00a0{_some(substances)}\u00a0»"


def _order(alert: Alert) -> tuple[object, ...]:
    """The gravest first; what is about other substances than those of the lines after everything else."""
    return (
        bool(alert.only),
        not alert.blocking,
        -alert.rank,
        alert.level == "information",
        alert.places,
        alert.title,
    )


def review(items: Sequence[Item], patient: PatientFacts) -> Report:
    """Check new lines among themselves and with the running treatments: three or four queries, and two
    more where an allergy is noted.

    A running treatment that is prescribed again is its new line, and is not met twice.
    """
    renewed = [item for item in items if not item.running]
    items = [item for item in items if not item.running or not any(same_medicine(item, o) for o in renewed)]
    found, unknown, thesaurus = interactions.check(items, patient.problems)
    allergens = allergies.read(patient.allergies, patient.allergy_codes)
    found += allergies.check(items, allergens)
    found += duplicates.check(items)
    found += conditions.check(items, patient)
    found += units.check(items)
    found += secured.check(items)
    stated, ruled = contraindications.check(items, patient)
    roads, seen = driving.check(items)
    listed, named = profession.check(items, patient)
    found += stated + roads + listed
    new = [item for item in items if not item.running]
    places = {item.place for item in new}
    classed = {item.place for item in new if item.medicine.atc}
    rows = [
        (INTERACTIONS, places - {item.place for item, _ in unknown}, thesaurus, False),
        ("doublons par classe", classed, "classes ATC de la base publique, une part déduite", False),
        (
            "conditions de prescription",
            {item.place for item in new if item.medicine.source == "bdpm" or item.medicine.conditions},
            conditions.SOURCE,
            False,
        ),
        *(
            (contraindications.ABOUT[about], lines, "petite table de contre-indications, à vérifier", True)
            for about, lines in ruled.items()
        ),
        ("conduite", seen, driving.table()["source"], True),
    ]
    if any(one.classes for one in allergens):
        rows.insert(2, (CLASS_OF_ALLERGY, allergies.looked_by_class(new), classes()[1], False))
    if named is not None and (known := profession.listing(patient.prescriber_profession)):
        rows.append((profession.ABOUT, named, known.source, True))
    labels = {item.place: item.label for item in new}
    part = {item.place: some for item, some in unknown if some and not item.running}
    return Report(
        alerts=sorted(found, key=_order),
        uncovered=[
            *(
                (place, labels[place], _of(part[place]) if check == INTERACTIONS and place in part else check)
                for check, looked, _, _ in rows
                for place in sorted(places - looked)
            ),
            *((-1, what, why) for one in allergens for what, why in one.uncovered),
            *(
                (-1, f"{item.label}{f' : {_some(some)}' if some else ''}", BESIDE)
                for item, some in unknown
                if item.running
            ),
            *((-1, item.label, NOTED) for item in items if item.running and item.in_words),
        ],
        coverage=[
            Coverage(check, len(looked), len(new), source, partial) for check, looked, source, partial in rows
        ],
    )
