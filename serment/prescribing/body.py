"""What the checks and the paper need of the patient's body, as the record knows it today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from serment.patients.selectors import PatientCard
from serment.patients.selectors import card as patient_card
from serment.record import analytes, conversions, formulas, lab_trends
from serment.record import selectors as record
from serment.vault.keyring import Keyring

YEAR = timedelta(days=366)
CLEARANCES = ("35591-7", "98979-8", "62238-1")
"""LOINC of what says how the kidney does: Cockcroft's clearance, CKD-EPI's filtration (2021, 2009)."""
CREATININE = ("14682-9", "µmol/L")
KINDS = ("measure", "observation", "result")
OF_EACH = 150

Number = tuple[datetime, float, conversions.Key]
"""When it was taken, the value, what and in which unit (`analytes.key_of`)."""


@dataclass(frozen=True)
class Body:
    """None where nobody said. ``kidney``: in words, what a clearance that the record gives comes from."""

    weight_kg: float | None = None
    height_cm: float | None = None
    clearance: float | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    kidney: str = ""


def known_body(*, keyring: Keyring, patient_id: int) -> Body:
    """The body as the record knows it: four queries. Raises NoKey.

    Last weight and height (three months for a child, a year for others); the newest of a clearance and a creatinine
    (a year), noted by hand or by a laboratory, the creatinine worked out by Cockcroft; a pregnancy that goes on.
    """
    now = timezone.now()
    who = patient_card(keyring=keyring, patient_id=patient_id)
    child = who.age_years is not None and who.age_years < 15
    found: Any = record.of_kinds(
        keyring=keyring, patient_id=patient_id, kinds=KINDS, limit=OF_EACH, since=now - YEAR
    )
    last: dict[str, float] = {}
    for item in found["measure"]:
        if item.occurred_at >= now - (timedelta(days=92) if child else YEAR):
            last = item.content.values | last
    weight = last.get("weight")
    clearance, said = _kidney(list(_numbers(found, now - YEAR)), who, weight)
    pregnancies: Any = record.standing(keyring=keyring, patient_id=patient_id).others
    carrying = any(i.kind.code == "pregnancy" and i.content.status == "ongoing" for i in pregnancies)
    return Body(weight, last.get("height"), clearance, True if carrying else None, kidney=said)


def _numbers(found: dict[str, Any], since: datetime) -> Iterator[Number]:
    """Every number noted or received, dated by the day it was taken."""
    for item in found["observation"]:
        one = item.content
        day = one.taken_on
        when = timezone.make_aware(datetime.combine(day, datetime.min.time())) if day else item.occurred_at
        if when >= since and one.value > 0:
            yield (
                when,
                one.value,
                analytes.key_of(loinc=one.loinc, code=one.code, label=one.label, unit=one.unit),
            )
    for item in found["result"]:
        for value in item.content.values:
            when = lab_trends.moment_of(item.content, item.occurred_at, value)
            if value.in_force and value.number and value.number > 0 and when >= since:
                yield when, value.number, lab_trends.key_of(value)


def _kidney(numbers: list[Number], who: PatientCard, weight: float | None) -> tuple[float | None, str]:
    """(mL/min, where it comes from): what was measured last speaks, a clearance before a creatinine of the same day."""
    found: list[tuple[datetime, bool, float, str]] = []
    adult = (who.age_years or 0) >= 18 and who.identity.sex in ("F", "M")
    for when, value, key in numbers:
        day = f"du {timezone.localtime(when):%d/%m/%Y}"
        if key[0] in CLEARANCES:
            found.append((when, True, value, f"Valeur {day} au dossier."))
        elif weight and adult and conversions.group(key) == conversions.group(CREATININE):
            micromol = conversions.convert(value, key, CREATININE[1])
            worked = formulas.cockcroft(
                age=who.age_years or 0, weight_kg=weight, creatinine_umol=micromol, sex=who.identity.sex
            )
            said = f"Cockcroft, d’après la créatinine {day}."
            found.append((when, False, worked, said))
    if not found:
        return None, ""
    _, _, clearance, said = max(found, key=lambda one: (timezone.localdate(one[0]), one[1], one[0]))
    return clearance, said
