"""Vaccinations due, computed from the record: dose by dose, with the catch-up, each with its rule and its source.

Pure. The calendar is dated data (`data/prevention_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from serment.formats import dates
from serment.record.kinds.vaccination import ANTIGENS, Vaccination

_FILE = Path(__file__).parent / "data" / "prevention_2026.toml"
COVERS = {"dtcap_hib_hepb": ("dtcap", "dtp", "hepatitis_b"), "dtcap": ("dtp",)}
"""A vaccine that also counts for others."""
SEASON_MONTHS = 5


@dataclass(frozen=True)
class Reminder:
    """``late``: its day has passed. ``rule``: why it is shown, in words; ``source``: who says so.

    ``last``: when it was last done, None where the record does not know. ``traced`` is false for an examination that
    the record holds no trace of: whatever its day, it is to ask about.
    """

    what: str
    due_on: date
    rule: str
    late: bool
    source: str = ""
    last: date | None = None
    traced: bool = True

    @property
    def since(self) -> str:
        """Since when it is late, in words; for what has no trace in the record, that."""
        return f"depuis le {dates.short(self.due_on)}" if self.traced else "aucun au dossier"


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
    """Doses that the age asks and the record does not hold; what a practitioner set as the next one prevails."""
    known = list(given)
    decided = {v.antigen: v for v in known if v.next_on and _is_last(v, known)}
    found = []
    for rule in rules()["vaccine"]:
        antigen = rule["antigen"]
        if antigen in decided:
            continue
        doses = sorted(
            v.given_on for v in known if v.antigen == antigen or antigen in COVERS.get(v.antigen, ())
        )
        due = (_seasonal if "season_month" in rule else _next_dose)(rule, doses, born, today)
        if due is not None:
            found.append(due)
    found += [
        Reminder(
            ANTIGENS[antigen],
            last.next_on,
            "décidé au dernier vaccin",
            last.next_on < today,
            "le praticien",
            last.given_on,
        )
        for antigen, last in decided.items()
        if last.next_on
    ]
    return sorted(found, key=lambda reminder: reminder.due_on)


def _is_last(vaccination: Vaccination, known: list[Vaccination]) -> bool:
    """Whether no later vaccine counts for the same one: what was decided at it still holds."""
    counts = (v for v in known if vaccination.antigen in (v.antigen, *COVERS.get(v.antigen, ())))
    return not any(v.given_on > vaccination.given_on for v in counts)


def _next_dose(rule: dict[str, Any], doses: list[date], born: date, today: date) -> Reminder | None:
    ages: list[int] = rule["ages_months"]
    age = age_in_months(born, today)
    if "born_from" in rule and born < rule["born_from"]:
        return None
    counted = [day for day in doses if day >= months_after(born, rule.get("count_from_months", 0))]
    if age >= rule.get("until_months", 10_000) or age < _shown_from(ages[0]):
        return None
    begun = age_in_months(born, counted[0]) if counted else age
    late = next((plan for plan in reversed(rule.get("late", ())) if begun >= plan["from_months"]), None)
    total = late["doses"] if late else len(ages)
    gaps = late["gaps_days"] if late else rule.get("gaps_days", ())
    done = len(counted)
    if done >= total:
        return None
    due = months_after(born, ages[0] if late else ages[done])
    if counted:
        due = max(due, counted[-1] + timedelta(days=gaps[done - 1]))
    text = _rule_text(ages, late, done, total, gaps, due < today)
    return Reminder(
        ANTIGENS[rule["antigen"]],
        due,
        text,
        due < today,
        rule["source"],
        counted[-1] if counted else None,
    )


def _shown_from(months: int) -> int:
    """Nothing is announced years ahead: from birth for an infant, half a year before otherwise."""
    return 0 if months <= 24 else months - 6


def _rule_text(
    ages: list[int], late: dict[str, Any] | None, done: int, total: int, gaps: Any, missed: bool
) -> str:
    dose = f"dose {done + 1} sur {total}" if total > 1 else "une dose"
    gap = f", au moins {_days_text(gaps[done - 1])} après la précédente" if done else ""
    if late:
        return f"rattrapage\u00a0: {dose}{gap}"
    ages_text = "à " + ", ".join(_age_text(months) for months in ages)
    return f"{dose}{gap} ({'rattrapage ; ' if missed else ''}{ages_text})"


def _days_text(days: int) -> str:
    return f"{days} jours" if days < 28 else f"{round(days / 30) or 1} mois"


def _age_text(months: int) -> str:
    return f"{months} mois" if months < 36 else f"{months // 12} ans"


def _seasonal(rule: dict[str, Any], doses: list[date], born: date, today: date) -> Reminder | None:
    """One dose a season: from the month it opens, for five months; out of it, the next opening."""
    if age_in_months(born, today) < rule["from_months"]:
        return None
    opening = date(today.year, rule["season_month"], 1)
    if today < opening and months_after(opening, -12 + SEASON_MONTHS) > today:
        opening = months_after(opening, -12)
    last = doses[-1] if doses else None
    if last is not None and last >= opening:
        opening = months_after(opening, 12)
    text = f"chaque saison, à partir de {rule['from_months'] // 12} ans"
    return Reminder(ANTIGENS[rule["antigen"]], opening, text, opening < today, rule["source"], last)


def source() -> str:
    return f"{rules()['source']} (données du {rules()['dated']:%d/%m/%Y})"
