"""The conditions of prescription that the BDPM carries (CPD), and the durations of the code de la santé publique."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from serment.formats.names import fold
from serment.prescribing.safety.facts import Alert, Item, PatientFacts

_FILE = Path(__file__).parents[1] / "data" / "rules.toml"
_LIMIT = re.compile(r"prescription limitee a (\d+) (jour|semaine|mois)")
_DAYS = {"jour": 1, "semaine": 7, "mois": 31}
_SPECIALISTS = re.compile(
    r"^prescription reservee aux (?:specialistes et services|medecins competents en?) (.+)"
)
SOURCE = "BDPM, conditions de prescription et de délivrance"


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


def is_narcotic(item: Item) -> bool:
    return any(fold(text).startswith("stupefiant") for text in item.medicine.conditions)


def is_secured(item: Item) -> bool:
    """Needs the secured form: narcotics, and what the file says « ordonnance sécurisée » of."""
    return is_narcotic(item) or any("ordonnance securisee" in fold(t) for t in item.medicine.conditions)


def longest_days(item: Item) -> tuple[int, str]:
    """(longest duration allowed, why); (0, "") where nothing limits it."""
    said = [_LIMIT.search(fold(text)) for text in item.medicine.conditions]
    found = [(int(m[1]) * _DAYS[m[2]], SOURCE) for m in said if m]
    if is_narcotic(item):
        found.append((rules()["durations"]["narcotic_days"], "stupéfiant : article R.5132-30 CSP"))
    if any(fold(text) in ("liste i", "liste ii") for text in item.medicine.conditions):
        found.append((rules()["durations"]["list_days"], "listes I et II : article R.5132-21 CSP"))
    return min(found) if found else (0, "")


def check(items: Sequence[Item], patient: PatientFacts) -> list[Alert]:
    """What the conditions of each new line forbid, limit or ask; no query."""
    found: list[Alert] = []
    for item in (item for item in items if not item.running):
        found += _duration(item)
        found += _substitution(item, patient)
        specialists: list[str] = []
        for text in item.medicine.conditions:
            folded = fold(text)
            if folded.startswith("reserve a l usage hospitalier"):
                found.append(
                    _rule(item, text, "La pharmacie de ville ne peut pas le délivrer sur votre ordonnance.")
                )
            elif match := _SPECIALISTS.match(folded):
                specialists.append(match[1])
            elif folded.startswith(("prescription initiale", "prescription hospitaliere")):
                found.append(
                    _information(item, text, "Renouvellement seulement, sur présentation de l’initiale.")
                )
            elif ("procreer" in folded or "grossesse" in folded or "enceintes" in folded) and _may_carry(
                patient
            ):
                level = "contre-indication" if patient.pregnant else "précaution d’emploi"
                found.append(
                    Alert("grossesse", level, (item.place,), f"{item.label} : {text}", source=SOURCE)
                )
        if specialists and not _is_one_of(patient.prescriber_specialty, specialists):
            text = f"prescription réservée : {', '.join(dict.fromkeys(specialists))}"
            found.append(_rule(item, text, "Votre spécialité n’est pas dans la liste du médicament."))
        found += _age(item, patient)
    return found


def _rule(item: Item, text: str, why: str) -> Alert:
    return Alert("règle", "règle", (item.place,), f"{item.label} : {text}", why, source=SOURCE)


def _information(item: Item, text: str, why: str) -> Alert:
    return Alert("règle", "information", (item.place,), f"{item.label} : {text}", why, source=SOURCE)


def _is_one_of(specialty: str, wanted: Sequence[str]) -> bool:
    """« Cardiologie » is among « CARDIOLOGIE »; general practice is among none but « médecine générale »."""
    said = fold(specialty)
    return bool(said) and any(said in text or text in said for text in wanted)


def _may_carry(patient: PatientFacts) -> bool:
    if patient.pregnant:
        return True
    return patient.sex == "F" and (patient.age is None or 11 <= patient.age <= 55)


def _duration(item: Item) -> list[Alert]:
    limit, why = longest_days(item)
    if not limit or not item.days or item.days <= limit:
        return []
    title = f"{item.label} : {item.days} jours prescrits, {limit} au plus"
    return [Alert("règle", "règle", (item.place,), title, "Renouvellements compris.", source=why)]


def _substitution(item: Item, patient: PatientFacts) -> list[Alert]:
    if item.non_substitutable == "MTE":
        narrow = rules()["narrow_margin"]
        words = {word for name in item.substances for word in fold(name).split()} | item.moieties
        if not words & set(narrow["substances"]):
            title = f"{item.label} : « marge thérapeutique étroite » ne vaut pas pour cette substance"
            return [Alert("règle", "règle", (item.place,), title, source=narrow["source"])]
    under = rules()["efg"]["under_age"]
    if item.non_substitutable == "EFG" and patient.age is not None and patient.age >= under:
        title = f"{item.label} : le motif « enfant de moins de {under} ans » ne vaut pas pour ce patient"
        return [Alert("règle", "règle", (item.place,), title, source="arrêté du 12 novembre 2019")]
    return []


def _age(item: Item, patient: PatientFacts) -> list[Alert]:
    """The medicine's own name says whom it is for."""
    if patient.age is None:
        return []
    words = set(fold(item.medicine.name).split())
    wrong = ""
    if words & {"adulte", "adultes"} and not words & {"enfant", "enfants"} and patient.age < 15:
        wrong = "présentation pour adultes"
    elif (
        words & {"nourrisson", "nourrissons"}
        and not words & {"enfant", "enfants", "adultes"}
        and patient.age > 3
    ):
        wrong = "présentation pour nourrissons"
    if not wrong:
        return []
    title = f"{item.label} : {wrong}, patient de {patient.age} ans"
    return [Alert("âge", "précaution d’emploi", (item.place,), title, source="BDPM, dénomination")]
