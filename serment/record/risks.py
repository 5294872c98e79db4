"""What the record says of a person that changes their vaccines: a pregnancy, a lowered immunity, a chronic disease.

Pure. It reads coded problems, coded personal history and the names of treatments; what is not noted, or not coded, is
not known here. The lists are dated data (`data/risks_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from serment.formats.names import fold
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.problem import Problem
from serment.record.kinds.treatment import Treatment
from serment.record.selectors import Summary

_FILE = Path(__file__).parent / "data" / "risks_2026.toml"
LONGEST = timedelta(weeks=45)
"""Past it a pregnancy is to be closed in the record, and counts no more."""
RECENT = timedelta(days=365)
"""How old a vaccine may be to be asked about, where the record does not say since when immunity is lowered."""


@cache
def lists() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


@dataclass(frozen=True)
class Lowered:
    """Why immunity is lowered, in the record's words; ``since`` where it is dated."""

    words: str
    since: date | None = None


@dataclass(frozen=True)
class Risks:
    """``groups``: group of `data/risks_2026.toml` → what the record says (« diabète : Diabète de type 2 »)."""

    pregnancy: Pregnancy | None = None
    lowered: tuple[Lowered, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)

    def first_of(self, groups: Iterable[str]) -> str:
        """What the record says for the first of these groups that it holds, empty where it holds none."""
        return next((self.groups[group] for group in groups if group in self.groups), "")

    def pregnant_on(self, day: date) -> bool:
        return self.pregnancy is not None and self.pregnancy.origin <= day <= self.pregnancy.origin + LONGEST


NOTHING = Risks()


def of(standing: Summary, today: date) -> Risks:
    """From the lasting part of a record."""
    problems: list[Any] = [item.content for item in standing.problems]
    treatments: list[Any] = [item.content for item in standing.treatments]
    past: list[Any] = [item.content for item in standing.history if item.content.side != "family"]  # type: ignore[attr-defined]
    waits: list[Any] = [item.content for item in standing.others if item.kind.code == "pregnancy"]
    found = next((p for p in waits if p.origin <= today <= p.origin + LONGEST), None)
    coded = [(problem.code, problem.label) for problem in problems]
    coded += [(event.code, event.text) for event in past]
    lowered, groups = tuple(_lowered(problems, treatments)), _groups(coded)
    if lowered:
        words = f"{lists()['groups']['immunity']['label']} (« {lowered[0].words} » au dossier)"
        groups.setdefault("immunity", words)
    return Risks(found, lowered, groups)


def _groups(coded: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group, rule in lists()["groups"].items():
        for code, label in coded:
            if group not in found and code.replace(".", "").startswith(tuple(rule["problems"])):
                found[group] = f"{rule['label']} («\u00a0{label}\u00a0» au dossier)"
    return found


def _lowered(problems: Iterable[Problem], treatments: Iterable[Treatment]) -> Iterable[Lowered]:
    rule = lists()["immunity"]
    for problem in problems:
        if problem.code.replace(".", "").startswith(tuple(rule["problems"])):
            yield Lowered(problem.label)
    for treatment in treatments:
        if any(word in fold(treatment.label) for word in rule["treatments"]):
            yield Lowered(treatment.label, treatment.since)


def is_live(antigen: str, route: str = "") -> bool:
    """Whether a vaccine against this, by this route, is a live one."""
    return antigen in lists()["live"] or (bool(route) and lists()["live_by"].get(antigen) == route)


def cautions(risks: Risks, given_on: date, today: date) -> list[str]:
    """Why a live vaccine of that day is to be confirmed, in French phrases."""
    found = []
    if risks.pregnant_on(given_on):
        weeks = (given_on - risks.pregnancy.origin).days // 7  # type: ignore[union-attr]
        found.append(
            f"vaccin vivant, et une grossesse est notée au dossier ({weeks}\u00a0SA ce jour-là)\u00a0: il attend "
            "d’ordinaire l’accouchement"
        )
    for lowered in risks.lowered:
        if given_on >= (lowered.since or today - RECENT):
            found.append(
                f"vaccin vivant, et le dossier porte «\u00a0{lowered.words}\u00a0», qui peut diminuer l’immunité "
                "(selon la dose et la voie)\u00a0: il est d’ordinaire contre-indiqué"
            )
    return found


def source() -> str:
    return f"{lists()['source']} (données du {lists()['dated']:%d/%m/%Y})"
