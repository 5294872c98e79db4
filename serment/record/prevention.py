"""What is due, computed from the record: vaccinations and screenings, each with its rule and its source."""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from serment.record.kinds.vaccination import ANTIGENS, Vaccination

_FILE = Path(__file__).parent / "data" / "prevention_2026.toml"
COVERS = {"dtcap_hib_hepb": ("dtcap", "dtp"), "dtcap": ("dtp",)}
"""A vaccine that also counts for others."""


@dataclass(frozen=True)
class Reminder:
    """``late``: its day has passed. ``rule``: why it is shown, in words."""

    what: str
    due_on: date
    rule: str
    late: bool


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


def months_after(day: date, months: int) -> date:
    """Same day some months later, the last of the month where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_in_months(born: date, today: date) -> int:
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)


def vaccines_due(born: date, given: Iterable[Vaccination], today: date) -> list[Reminder]:
    """Doses that the age asks and the record does not hold; also what a practitioner set as the next one."""
    known = list(given)
    age = age_in_months(born, today)
    found = []
    for rule in rules()["vaccine"]:
        antigen = rule["antigen"]
        doses = sorted(
            v.given_on for v in known if v.antigen == antigen or antigen in COVERS.get(v.antigen, ())
        )
        due = _next_dose(rule, doses, born, age)
        if due is not None:
            found.append(_reminder(ANTIGENS[antigen], due, rule, today))
    for vaccination in known:
        if vaccination.next_on and not any(
            other.antigen == vaccination.antigen and other.given_on > vaccination.given_on for other in known
        ):
            found.append(
                Reminder(
                    ANTIGENS[vaccination.antigen],
                    vaccination.next_on,
                    "décidé au dernier vaccin",
                    vaccination.next_on < today,
                )
            )
    return sorted(found, key=lambda reminder: reminder.due_on)


def _next_dose(rule: dict[str, Any], doses: list[date], born: date, age: int) -> date | None:
    if "every_months" in rule:
        if age < rule["from_months"]:
            return None
        return (
            months_after(doses[-1], rule["every_months"])
            if doses
            else months_after(born, rule["from_months"])
        )
    ages = rule["ages_months"]
    first = months_after(born, ages[0])
    # Doses of another age (a booster of the adult, a primary vaccination) do not count for this rule.
    counted = (
        [day for day in doses if day >= months_after(born, max(0, ages[0] - 2))] if ages[0] > 60 else doses
    )
    if age >= rule["until_months"] or len(counted) >= len(ages) or (ages[0] > 60 and age < ages[0]):
        return None
    return max(first, months_after(born, ages[len(counted)]))


def _reminder(what: str, due: date, rule: dict[str, Any], today: date) -> Reminder:
    if "every_months" in rule:
        text = f"tous les {rule['every_months']} mois à partir de {rule['from_months'] // 12} ans"
    else:
        text = "à " + ", ".join(_age_text(months) for months in rule["ages_months"])
    return Reminder(what, due, text, due < today)


def _age_text(months: int) -> str:
    return f"{months} mois" if months < 36 else f"{months // 12} ans"


def screenings_due(born: date, sex: str, today: date) -> list[Reminder]:
    """Screenings that the age and sex ask: the last one is not known here, so each is said once with its rhythm."""
    years = age_in_months(born, today) // 12
    return [
        Reminder(
            rule["label"],
            today,
            f"de {rule['from_years']} à {rule['to_years']} ans, tous les {rule['every_months'] // 12} ans",
            False,
        )
        for rule in rules()["screening"]
        if rule["from_years"] <= years <= rule["to_years"] and sex in rule["sexes"]
    ]


def source() -> str:
    return str(rules()["source"])
