"""Screenings of the age, and what chronic diseases and treatments ask to watch: each with its rule and source.

Pure. Rules are dated data (`data/prevention_2026.toml`, `data/monitoring_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from serment.formats.names import fold
from serment.record import prevention
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import EXAMS, Screening
from serment.record.kinds.treatment import Treatment
from serment.record.prevention import Reminder, months_after
from serment.record.tracks import Tracks

_FILE = Path(__file__).parent / "data" / "monitoring_2026.toml"


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


@dataclass(frozen=True)
class Known:
    """What the record holds that the rules look at."""

    problems: list[Problem]
    treatments: list[Treatment]
    screenings: list[Screening]
    tracks: Tracks


def screenings_due(born: date, sex: str, done: Iterable[Screening], today: date) -> list[Reminder]:
    """Screenings that the age and sex ask; and what a practitioner set as the next one of any examination."""
    done = list(done)
    years = prevention.age_in_months(born, today) // 12
    found = []
    for rule in prevention.rules()["screening"]:
        if not (rule["from_years"] <= years <= rule["to_years"] and sex in rule["sexes"]):
            continue
        last = _last(done, rule["exam"])
        if last is not None and last.next_on:
            continue
        every = f"de {rule['from_years']} à {rule['to_years']} ans, {_every(rule['every_months'])}"
        first = months_after(born, rule["from_years"] * 12)
        found.append(_due(rule["label"], last.done_on if last else None, rule, every, today, first))
    for exam in {screening.exam for screening in done}:
        last = _last(done, exam)
        if last is not None and last.next_on:
            late = last.next_on < today
            text = "décidé au dernier examen"
            found.append(Reminder(EXAMS[exam], last.next_on, text, late, "le praticien", last.done_on))
    return sorted(found, key=lambda reminder: (reminder.due_on, reminder.what))


def _last(done: list[Screening], exam: str) -> Screening | None:
    return max((s for s in done if s.exam == exam), key=lambda s: s.done_on, default=None)


def _every(months: int) -> str:
    if months % 12:
        return "tous les mois" if months == 1 else f"tous les {months} mois"
    return "chaque année" if months == 12 else f"tous les {months // 12} ans"


def _due(
    what: str, last: date | None, rule: dict[str, Any], text: str, today: date, first: date | None
) -> Reminder:
    """``first``: since when it is expected, None where the record does not say. What it holds no trace of is late."""
    due = months_after(last, rule["every_months"]) if last else first or today
    return Reminder(what, due, text, last is None or due < today, rule["source"], last, last is not None)


def monitoring_due(known: Known, today: date) -> list[Reminder]:
    """What the standing problems and treatments ask to watch, the soonest first; a thing watched twice is said once."""
    found: dict[str, Reminder] = {}
    for rule in rules()["rule"]:
        reason, since = _reason(rule, known)
        if not reason:
            continue
        text = f"{reason}, {_every(rule['every_months'])}"
        due = _due(rule["label"], _last_of(rule, known), rule, text, today, since)
        before = found.get(rule["label"])
        if before is None or due.due_on < before.due_on:
            found[rule["label"]] = due
    return sorted(found.values(), key=lambda reminder: (reminder.due_on, reminder.what))


def _reason(rule: dict[str, Any], known: Known) -> tuple[str, date | None]:
    """The problem or treatment that the rule is for and its day where it has one, ("", None) when there is none."""
    starts = tuple(rule.get("problems", ()))
    if starts:
        for problem in known.problems:
            if problem.code.replace(".", "").startswith(starts):
                return problem.label, None
    for word in rule.get("treatments", ()):
        for treatment in known.treatments:
            if word in fold(treatment.label):
                return treatment.label, treatment.since
    return "", None


def _last_of(rule: dict[str, Any], known: Known) -> date | None:
    if "exam" in rule:
        last = _last(known.screenings, rule["exam"])
        return last.done_on if last else None
    codes = (*rule.get("measures", ()), *rule.get("loinc", ()))
    words = rule.get("words", ())
    moments = [
        track.points[-1][0]
        for track in known.tracks.all
        if track.points and (track.key[0] in codes or any(word in fold(track.label) for word in words))
    ]
    return timezone.localdate(max(moments)) if moments else None


def source() -> str:
    return f"{rules()['source']} (données du {rules()['dated']:%d/%m/%Y})"
