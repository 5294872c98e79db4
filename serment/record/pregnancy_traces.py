"""What a record holds that shows a step of a pregnancy's follow-up done: vaccines, results, examinations, documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from serment.formats import dates
from serment.formats.folding import fold
from serment.record.kinds.document import Document
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.observation import Observation
from serment.record.kinds.result import Result
from serment.record.kinds.screening import Screening
from serment.record.kinds.vaccination import Vaccination
from serment.record.lab_trends import moment_of
from serment.record.selectors import Item

KINDS = ("vaccination", "observation", "result", "document", "screening", "consultation", "measure")
MEASURED = {"fundal_height", "fetal_heart_rate"}
CODES = ("O", "Z32", "Z33", "Z34", "Z35", "Z36")
EARLY = timedelta(days=7)
"""How long before its span something done still counts for a step."""


@dataclass(frozen=True)
class Fact:
    """``sort``: "vaccine", "number", "exam", "document" or "visit". ``text``: what names it, folded, or its code."""

    sort: str
    day: date
    text: str
    label: str
    url: str
    loinc: str = ""

    @property
    def said(self) -> str:
        return f"{self.label}, le {dates.short(self.day)}"


def facts(items: Iterable[Item]) -> list[Fact]:
    """One for each thing that may be the trace of a step."""
    return [fact for item in items for fact in _facts(item)]


def _facts(item: Item) -> Iterable[Fact]:
    content: Any = item.content
    noted = timezone.localdate(item.occurred_at)
    name = item.kind.label
    if isinstance(content, Vaccination):
        yield Fact("vaccine", content.given_on, content.antigen, name, item.url)
    elif isinstance(content, Observation):
        day = content.taken_on or noted
        yield Fact("number", day, fold(content.label), content.label, item.url, content.loinc)
    elif isinstance(content, Result):
        for value in content.values_in_force:
            day = timezone.localdate(moment_of(content, item.occurred_at, value))
            yield Fact("number", day, fold(value.label), value.label, item.url, value.loinc)
    elif isinstance(content, Document):
        yield Fact("document", content.dated or noted, fold(content.title), content.title, item.url)
    elif isinstance(content, Screening):
        yield Fact("exam", content.done_on, content.exam, name, item.url)
    elif _is_visit(content):
        yield Fact("visit", noted, "", name, item.url)


def _is_visit(content: Any) -> bool:
    """A consultation about the pregnancy, or measures that only a pregnancy has."""
    if isinstance(content, MeasureSet):
        return bool(MEASURED & set(content.values))
    if any(problem.code.startswith(CODES) for problem in content.problems):
        return True
    said = fold(f"{content.reason} {content.conclusion}")
    return any(word in said for word in ("grossesse", "prenatal", "obstetri"))


def of_step(
    rule: dict[str, Any], origin: date, first: date, last: date, found: list[Fact], today: date
) -> Fact | None:
    """The last trace of a step (the first visit of its month), None where the record shows none."""
    since = first if rule.get("visit") else max(origin, first - EARLY)
    if "vaccines" in rule:
        since = _season(rule, origin, today)
    elif "exam" in rule:
        since = origin - timedelta(days=round(30.4375 * rule.get("within_months", 0)))
    until = last if rule.get("visit") else last + EARLY if "documents" in rule else today
    held = [fact for fact in found if since <= fact.day <= min(until, today) and _shows(rule, fact)]
    return (min if rule.get("visit") else max)(held, key=lambda fact: fact.day, default=None)


def _season(rule: dict[str, Any], origin: date, today: date) -> date:
    """From when a dose counts: the beginning of the pregnancy, the opening of the season for a seasonal one."""
    if "season_month" not in rule:
        return origin
    opening = date(today.year, rule["season_month"], 1)
    return max(origin, opening) if today >= opening else origin


def _shows(rule: dict[str, Any], fact: Fact) -> bool:
    if fact.sort == "vaccine":
        return fact.text in rule.get("vaccines", ())
    if fact.sort == "exam":
        return fact.text == rule.get("exam")
    if fact.sort == "visit":
        return bool(rule.get("visit"))
    if fact.sort == "number" and fact.loinc in rule.get("loinc", ()):
        return True
    words = rule.get("words", ()) if fact.sort == "number" else rule.get("documents", ())
    if fact.sort == "document" and any(word in fact.text for word in rule.get("documents_not", ())):
        return False
    return any(f" {word}" in f" {fact.text}" for word in words)
