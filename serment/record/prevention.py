"""Vaccinations due, computed from the record: dose by dose, with the catch-up, each with its rule and its source.

Pure. The calendar is dated data (`data/prevention_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from serment.formats import dates
from serment.record import risks as at_risk
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.vaccination import ANTIGENS, Vaccination
from serment.record.risks import Risks

_FILE = Path(__file__).parent / "data" / "prevention_2026.toml"
COVERS = {
    "dtcap_hib_hepb": ("dtcap", "dtp", "hepatitis_b"),
    "dtcap_hib": ("dtcap", "dtp"),
    "dtcap": ("dtp",),
    "hepatitis_ab": ("hepatitis_a", "hepatitis_b"),
}
"""A vaccine that also counts for others."""
SEASON_MONTHS = 5
FORGOTTEN = timedelta(days=365)
"""A vaccine of which nothing is noted, due for longer than this, is to ask about: it may have been given elsewhere."""


@dataclass(frozen=True)
class Reminder:
    """``late``: its day has passed. ``rule``: why it is shown, in words; ``source``: who says so.

    ``last``: when it was last done, None where the record does not know. ``traced`` is false for what the record holds
    no trace of: whatever its day, it is to ask about. ``held``: until when it waits, in words, and why.
    """

    what: str
    due_on: date
    rule: str
    late: bool
    source: str = ""
    last: date | None = None
    traced: bool = True
    held: str = ""

    @property
    def since(self) -> str:
        """Since when it is late, in words; for what has no trace in the record, that."""
        return f"depuis le {dates.short(self.due_on)}" if self.traced else "aucun au dossier, à demander"


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


def vaccines_due(
    born: date, given: Iterable[Vaccination], today: date, risks: Risks = at_risk.NOTHING
) -> list[Reminder]:
    """Doses that the age, a pregnancy or a chronic disease asks and the record does not hold.

    What a practitioner set as the next one prevails on the age. A live vaccine waits while the record says it must.
    """
    known = list(given)
    decided = {v.antigen: v for v in known if v.next_on and _is_last(v, known)}
    found: dict[str, Reminder] = {}
    for rule in rules()["vaccine"]:
        antigen = rule["antigen"]
        if antigen in found or (antigen in decided and "pregnancy_weeks" not in rule):
            continue
        doses = sorted(
            v.given_on for v in known if v.antigen == antigen or antigen in COVERS.get(v.antigen, ())
        )
        due = _due(rule, doses, born, today, risks)
        if due is not None:
            found[antigen] = _held(antigen, due, risks, today)
    others = [
        _held(antigen, _decided(antigen, last, today), risks, today) for antigen, last in decided.items()
    ]
    return sorted([*found.values(), *others], key=lambda reminder: reminder.due_on)


def _due(rule: dict[str, Any], doses: list[date], born: date, today: date, risks: Risks) -> Reminder | None:
    reason = risks.first_of(rule.get("groups", ()))
    if "groups" in rule and not reason:
        return None
    pregnancy = risks.pregnancy
    if "pregnancy_weeks" in rule:
        if pregnancy is None:
            return None
        if "season_month" not in rule:
            return _of_pregnancy(rule, doses, pregnancy, today)
        reason = "pendant la grossesse"
    if "season_month" in rule:
        due = _seasonal(rule, doses, born, today, reason)
        ends = pregnancy.due_on if pregnancy and "pregnancy_weeks" in rule else None
        return None if due is None or (ends and due.due_on > ends) else due
    due = _next_dose(rule, doses, born, today)
    if due is None:
        return None
    traced = bool(doses) or due.due_on > today - FORGOTTEN
    return replace(due, traced=traced, rule=f"{due.rule} ; {reason}" if reason else due.rule)


def _decided(antigen: str, last: Vaccination, today: date) -> Reminder:
    day = last.next_on or today
    return Reminder(
        ANTIGENS[antigen], day, "décidé au dernier vaccin", day < today, "le praticien", last.given_on
    )


def _held(antigen: str, due: Reminder, risks: Risks, today: date) -> Reminder:
    """A live vaccine waits for the end of a pregnancy; what may lower immunity is said, the practitioner decides."""
    if not at_risk.is_live(antigen):
        return due
    if risks.pregnant_on(today) and risks.pregnancy:
        day = max(due.due_on, risks.pregnancy.due_on)
        return replace(due, late=False, due_on=day, held="après l’accouchement (vaccin vivant)")
    if risks.lowered:
        why = f"vaccin vivant, « {risks.lowered[0].words} » au dossier : d’abord un avis"
        return replace(due, late=False, held=why)
    return due


def _of_pregnancy(
    rule: dict[str, Any], doses: list[date], pregnancy: Pregnancy, today: date
) -> Reminder | None:
    """One dose in each pregnancy, between two ages of it; in its season only where the vaccine has one."""
    low, high = rule["pregnancy_weeks"]
    first = pregnancy.origin + timedelta(weeks=low)
    end = pregnancy.origin + timedelta(weeks=high, days=6)
    if "season" in rule:
        first, end = _within_season(first, end, *rule["season"])
    if first > end or today > end or any(day >= pregnancy.origin for day in doses):
        return None
    text = f"une dose pendant la grossesse, de {low} à {high} SA"
    last = doses[-1] if doses else None
    return Reminder(ANTIGENS[rule["antigen"]], first, text, first < today, rule["source"], last)


def _within_season(first: date, end: date, opens: int, closes: int) -> tuple[date, date]:
    """What a season (its first and last months, over the new year) leaves of a span; nothing: the end comes first."""
    for year in (first.year - 1, first.year, end.year):
        opening = date(year, opens, 1)
        closing = months_after(date(year + 1, closes, 1), 1) - timedelta(days=1)
        if first <= closing and end >= opening:
            return max(first, opening), min(end, closing)
    return end, first


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
    ages_text = "à " + ", ".join(dict.fromkeys(_age_text(months) for months in ages))
    return f"{dose}{gap} ({'rattrapage ; ' if missed else ''}{ages_text})"


def _days_text(days: int) -> str:
    return f"{days} jours" if days < 28 else f"{round(days / 30) or 1} mois"


def _age_text(months: int) -> str:
    return f"{months} mois" if months < 36 else f"{months // 12} ans"


def _seasonal(
    rule: dict[str, Any], doses: list[date], born: date, today: date, reason: str = ""
) -> Reminder | None:
    """One dose a season: from the month it opens, for five months; out of it, the next opening."""
    if age_in_months(born, today) < rule["from_months"]:
        return None
    opening = date(today.year, rule["season_month"], 1)
    if today < opening and months_after(opening, -12 + SEASON_MONTHS) > today:
        opening = months_after(opening, -12)
    last = doses[-1] if doses else None
    if last is not None and last >= opening:
        opening = months_after(opening, 12)
    text = "chaque saison" + (f" : {reason}" if reason else f", à partir de {_age_text(rule['from_months'])}")
    return Reminder(ANTIGENS[rule["antigen"]], opening, text, opening < today, rule["source"], last)


def source() -> str:
    return f"{rules()['source']} (données du {rules()['dated']:%d/%m/%Y}) ; {at_risk.source()}"
