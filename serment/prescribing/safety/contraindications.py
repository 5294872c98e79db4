"""What the patient's state forbids: kidney, pregnancy, breast-feeding, age, problems (`data/contraindications.toml`).

A small dated table, each rule with its source, « à vérifier ». A line that no rule is about is not covered, never safe.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from serment.formats.names import fold
from serment.prescribing.safety.facts import Alert, Item, PatientFacts
from serment.prescribing.safety.routes import is_local

_FILE = Path(__file__).parents[1] / "data" / "contraindications.toml"
_CODE = re.compile(r"\b([A-Z]\d\d)(?:\.?(\d+))?\b")
ABOUT = {
    "rein": "fonction rénale",
    "grossesse": "grossesse",
    "allaitement": "allaitement",
    "âge": "âge",
    "problème": "problèmes du dossier",
}


@dataclass(frozen=True)
class Rule:
    """``substances``: bare names, « + » between those of one medicine; ``below``: clearance in mL/min.

    ``under``: years; ``codes``: CIM-10 prefixes; ``where``: « local » for a rule of local forms, « any » where
    the form changes nothing.
    """

    about: str
    level: str
    text: str
    source: str
    substances: frozenset[str] = frozenset()
    atc: tuple[str, ...] = ()
    below: int = 0
    under: int = 0
    childbearing: str = ""
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    where: str = ""

    @cached_property
    def together(self) -> list[list[str]]:
        """Substances that only count side by side."""
        return [one.split("+") for one in self.substances if "+" in one]

    def aims_at(self, item: Item) -> bool:
        """By the ATC code or by the substances: one medicine in four has no code."""
        if self.atc and item.medicine.atc.startswith(self.atc):
            return True
        if self.substances.isdisjoint(item.words) and not any(map(item.words.issuperset, self.together)):
            return False
        return self.where != "local" or is_local(item)

    def weakly(self, item: Item) -> bool:
        """A local form, under a rule written for what is swallowed or injected."""
        return not self.where and is_local(item)


@cache
def rules() -> tuple[Rule, ...]:
    raw = tomllib.loads(_FILE.read_text())
    lists = {"substances": frozenset, "atc": tuple, "codes": tuple, "words": tuple}
    found = []
    for row in raw["rule"]:
        said = raw["group"][row.pop("group")] | row if "group" in row else row
        found.append(Rule(**{n: lists[n](value) if n in lists else value for n, value in said.items()}))
    return tuple(found)


def check(items: Sequence[Item], patient: PatientFacts) -> tuple[list[Alert], dict[str, set[int]]]:
    """(alerts, subject of `ABOUT` → places of the new lines that a rule is about); no query."""
    found: list[Alert] = []
    covered: dict[str, set[int]] = {about: set() for about in ABOUT}
    problems = [_read(text) for text in patient.problems]
    for item in (item for item in items if not item.running):
        for rule in rules():
            if not rule.aims_at(item):
                continue
            weak = rule.weakly(item)
            if not weak:
                covered[rule.about].add(item.place)
            if said := _said(rule, patient, problems):
                level, why = said
                if weak and level == "information":
                    continue
                title, text = f"{item.label} : {why}", rule.text
                if weak:
                    text = f"Forme locale\u00a0: passage faible, règle écrite pour la voie générale ({level}). {text}"
                    level = "information"
                found.append(
                    Alert(
                        "contre-indication",
                        level,
                        (item.place,),
                        title,
                        text,
                        source=f"{rule.source} (table à vérifier)",
                    )
                )
    return found, covered


def _said(rule: Rule, patient: PatientFacts, problems: list[tuple[str, set[str]]]) -> tuple[str, str] | None:
    """(level, why) where the rule holds, or where what it needs to know is missing."""
    if rule.about == "rein":
        clearance = patient.creatinine_clearance
        if clearance is None:
            return "information", f"fonction rénale non renseignée (règle sous {rule.below} mL/min)"
        shown = f"{clearance:.0f}"
        return (
            (rule.level, f"clairance de {shown} mL/min, sous {rule.below}")
            if clearance < rule.below
            else None
        )
    if rule.about == "grossesse":
        if patient.pregnant:
            return rule.level, "grossesse"
        if patient.pregnant is None and patient.may_carry:
            return rule.childbearing or "information", "grossesse non renseignée, femme en âge de procréer"
        return (
            (rule.childbearing, "femme en âge de procréer")
            if rule.childbearing and patient.may_carry
            else None
        )
    if rule.about == "allaitement":
        return (rule.level, "allaitement") if patient.breastfeeding else None
    if rule.about == "âge":
        if patient.age is not None and patient.age < rule.under:
            return (
                rule.level,
                f"patient de {patient.age} an{'s' if patient.age > 1 else ''}, moins de {rule.under}",
            )
        return None
    for text, codes in problems:
        if any(code.startswith(prefix) for code in codes for prefix in rule.codes) or any(
            f" {word} " in f" {fold(text)} " for word in rule.words
        ):
            return rule.level, f"« {text} » au dossier"
    return None


def _read(text: str) -> tuple[str, set[str]]:
    """A noted problem and the CIM-10 codes written in it: « Asthme (J45) », « G56.0 », « G560 »."""
    found = {f"{m[1]}.{m[2]}" if m[2] else m[1] for m in _CODE.finditer(text)}
    return text, found
