"""The conditions of prescription that the BDPM carries (CPD), and the durations of the code de la santé publique."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from serment.catalogues.substances import folded, moiety
from serment.formats import dates
from serment.formats.names import fold
from serment.prescribing.safety import specialties
from serment.prescribing.safety.facts import Alert, Item, PatientFacts

_FILE = Path(__file__).parents[1] / "data" / "rules.toml"
_LIMIT = re.compile(
    r"prescription limitee a (\d+) (jour|semaine|mois)[a-z]*(?: ou (?:a )?(\d+) (jour|semaine|mois))?"
)
_FRACTION = re.compile(r"delivrance fractionnee de (\d+) jours")
_DAYS = {"jour": 1, "semaine": 7, "mois": 31}
_CLASSED = (
    "liste i",
    "liste ii",
    "stupefiant",
    "prescription limitee",
    "renouvellement non restreint",
    "prescription en toutes lettres",
    "prescription sur ordonnance securisee",
    "delivrance fractionnee",
    "chevauchement interdit",
)
"""What the ordonnance's own form already answers: not said again."""
_MEN = {"masculin", "homme", "hommes"}
_WOMEN = {"feminin", "fille", "filles", "femme", "femmes", "patiente", "patientes", "enceinte", "enceintes"}
_EITHER = {"patient", "patients"}
_CHILD = {"enfant", "enfants", "filles"}
FERTILE = 11
"""Age from which a text about procreation is shown to a boy, and to a girl where it does not speak of children."""
WEIGHT = "article R.5132-3 CSP, 7° : poids si nécessaire"
SOURCE = "BDPM, conditions de prescription et de délivrance"


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


def is_narcotic(item: Item) -> bool:
    return any(folded(text).startswith("stupefiant") for text in item.medicine.conditions)


def forbids_overlap(item: Item) -> bool:
    """No second ordonnance by the same prescriber while the first runs, unless said (R.5132-33)."""
    return is_narcotic(item) or any(
        folded(text).startswith("chevauchement interdit") for text in item.medicine.conditions
    )


def is_secured(item: Item) -> bool:
    """Needs the secured form: narcotics, what the file says it of, and the substances of `rules.toml`."""
    return (
        is_narcotic(item)
        or any("ordonnance securisee" in folded(t) for t in item.medicine.conditions)
        or not item.words.isdisjoint(rules()["secured"])
    )


def longest_days(item: Item) -> tuple[int, str]:
    """(longest duration allowed, why); (0, "") where nothing limits it."""
    found = [(days[-1], SOURCE) for days, _ in _limits(item)]
    if is_narcotic(item):
        found.append((rules()["durations"]["narcotic_days"], "stupéfiant : article R.5132-30 CSP"))
    for name, rule in rules()["secured"].items():
        if name in item.words:
            found.append((rule["days"], rule["source"]))
    if any(folded(text) in ("liste i", "liste ii") for text in item.medicine.conditions):
        found.append((rules()["durations"]["list_days"], "listes I et II : article R.5132-21 CSP"))
    return min(found) if found else (0, "")


def _limits(item: Item) -> list[tuple[list[int], str]]:
    """(bounds in days, the shortest first, the text itself), of each text of the file that limits the duration.

    « 7 jours ou 28 jours » has two: the longer goes with a condition (a programmable pump) that no form tells.
    """
    found = []
    for text in item.medicine.conditions:
        if match := _LIMIT.search(folded(text)):
            pairs = ((match[1], match[2]), (match[3], match[4]))
            found.append((sorted(int(count) * _DAYS[unit] for count, unit in pairs if count), text))
    return found


def fraction_days(item: Item) -> int:
    """Days of a fraction where the file asks for one (7 or 14), 0 elsewhere."""
    match = next((m for t in item.medicine.conditions if (m := _FRACTION.search(folded(t)))), None)
    return int(match[1]) if match else 0


def check(items: Sequence[Item], patient: PatientFacts) -> list[Alert]:
    """What the conditions of each new line forbid, limit or ask; no query."""
    found: list[Alert] = []
    for item in (item for item in items if not item.running):
        found += _duration(item)
        found += _substitution(item, patient)
        found += _said(item, patient)
        found += _narcotic(item, patient)
        found += _age(item, patient)
    return found


def _said(item: Item, patient: PatientFacts) -> list[Alert]:
    """Each text of the file: a rule, something about pregnancy, or something to know."""
    found: list[Alert] = []
    specialists: list[str] = []
    initials: list[str] = []
    to_know: list[str] = []
    texts = [(text, folded(text)) for text in item.medicine.conditions]
    texts = [(text, plain) for text, plain in texts if patient.sex not in _sexes(plain) ^ {"F", "M"}]
    for text, plain in texts:
        if plain.startswith("reserve a l usage hospitalier"):
            found.append(
                _rule(item, text, "La pharmacie de ville ne peut pas le délivrer sur votre ordonnance.")
            )
        elif who := specialties.named(text):
            specialists.append(who)
        elif plain.startswith("prescription hospitaliere"):
            why = "Ni la prescription ni le renouvellement ne se font en ville : un médecin hospitalier prescrit."
            found.append(_rule(item, text, why))
        elif plain.startswith("prescription initiale"):
            initials.append(text)
        elif "procreer" in plain or "grossesse" in plain or "enceintes" in plain:
            found += _procreation(item, text, plain, patient)
        elif not plain.startswith(_CLASSED):
            to_know.append(text)
    mine = _is_one_of(patient.prescriber_specialty, specialists)
    for text in initials:
        if not mine or "hospitaliere" in folded(text):
            found.append(
                _information(item, text, "Renouvellement seulement, sur présentation de l’initiale.")
            )
    if specialists and not mine:
        said = f"prescription réservée : {', '.join(dict.fromkeys(specialists))}"
        free = any("renouvellement non restreint" in plain for _, plain in texts)
        if free or (initials and not any("renouvellement de la prescription reserve" in f for _, f in texts)):
            found.append(
                _information(item, said, "Vaut pour la prescription initiale ; vous pouvez la renouveler.")
            )
        else:
            found.append(_rule(item, said, "Votre spécialité n’est pas dans la liste du médicament."))
    if to_know:
        found.append(_information(item, " ; ".join(to_know), "Conditions de prescription ou de délivrance."))
    return found


def _sexes(plain: str) -> set[str]:
    """Whom a text is for: « hommes » only, « filles » or « patiente » only, or both."""
    words = set(plain.replace("sages femmes", "").split())
    men, women = bool(words & _MEN), bool(words & _WOMEN)
    return {"F", "M"} if men == women or words & _EITHER else {"M"} if men else {"F"}


def _procreation(item: Item, text: str, plain: str, patient: PatientFacts) -> list[Alert]:
    """A text about procreation, to whom it is for (the other sex's is left out before): never a man's to a woman."""
    title = f"{item.label} : {text}"
    if _sexes(plain) == {"M"}:
        if patient.age is not None and patient.age < FERTILE:
            return []
        return [Alert("procréation", "précaution d’emploi", (item.place,), title, source=SOURCE)]
    girl = patient.sex == "F" and patient.age is not None and patient.age < FERTILE
    if not patient.may_carry and not (girl and set(plain.split()) & _CHILD):
        return []
    level = "contre-indication" if patient.pregnant else "précaution d’emploi"
    return [Alert("grossesse", level, (item.place,), title, source=SOURCE)]


def _narcotic(item: Item, patient: PatientFacts) -> list[Alert]:
    """No overlap by the same prescriber unless said (R.5132-33); a fraction unless « en une seule fois »."""
    found = []
    mine = item.moieties
    for label, until in patient.narcotics if forbids_overlap(item) else ():
        if {moiety(part) for part in label.split(" + ")} & mine:
            title = f"{item.label} : chevauche votre ordonnance qui court jusqu’au {dates.short(until)}"
            why = "Interdit sauf mention expresse : la raison que vous donnez est imprimée sur l’ordonnance."
            found.append(
                Alert("chevauchement", "règle", (item.place,), title, why, source="article R.5132-33 CSP")
            )
    days = fraction_days(item)
    if days and not item.delivery:
        text = f"délivrance fractionnée de {days} jours, imprimée sur l’ordonnance"
        found.append(_information(item, text, "Choisissez « en une seule fois » pour l’exclure."))
    if mine & set(rules()["pharmacy"]["substances"]):
        text = "l’ordonnance nomme la pharmacie qui délivre"
        found.append(
            Alert(
                "règle",
                "information",
                (item.place,),
                f"{item.label} : {text}",
                "Écrivez-la dans « Pharmacie ».",
                source=rules()["pharmacy"]["source"],
            )
        )
    return found


def _rule(item: Item, text: str, why: str) -> Alert:
    return Alert("règle", "règle", (item.place,), f"{item.label} : {text}", why, source=SOURCE)


def _information(item: Item, text: str, why: str) -> Alert:
    return Alert("règle", "information", (item.place,), f"{item.label} : {text}", why, source=SOURCE)


def _is_one_of(specialty: str, wanted: Sequence[str]) -> bool:
    """« Cardiologie » is among « CARDIOLOGIE »; general practice is among none but « médecine générale »."""
    said = fold(specialty)
    return bool(said) and any(said in text or text in said for text in map(folded, wanted))


def _duration(item: Item) -> list[Alert]:
    limit, why = longest_days(item)
    found = [alert for days, text in _limits(item) if len(days) > 1 for alert in _either(item, days, text)]
    if limit and item.days > limit:
        title = f"{item.label} : {item.days} jours prescrits, {limit} au plus"
        said, field = "Renouvellements compris.", ""
        if is_narcotic(item) and item.days > rules()["durations"]["narcotic_days"]:
            # No reason passes over it: refused at the field.
            said, field = f"{limit} jours au plus, renouvellements compris ({why})", "duration"
        found.append(Alert("règle", "règle", (item.place,), title, said, source=why, field=field))
    return found


def _either(item: Item, days: list[int], text: str) -> list[Alert]:
    """The text in full where it gives two durations: what makes the longer one hold is the prescriber's to know."""
    level = "précaution d’emploi" if days[0] < item.days <= days[-1] else "information"
    why = rules()["durations"]["either"]
    return [Alert("règle", level, (item.place,), f"{item.label} : {text}", why, source=SOURCE)]


def _substitution(item: Item, patient: PatientFacts) -> list[Alert]:
    if item.non_substitutable == "MTE":
        narrow = rules()["narrow_margin"]
        if not item.words & set(narrow["substances"]):
            title = f"{item.label} : « marge thérapeutique étroite » ne vaut pas pour cette substance"
            why = "une marge étroite ne vaut que pour la liste fermée : choisissez un autre motif, ou « substituable »"
            return [
                Alert("règle", "règle", (item.place,), title, why, source=narrow["source"], field="ns"),
            ]
    under = rules()["efg"]["under_age"]
    if item.non_substitutable == "EFG" and patient.age is not None and patient.age >= under:
        title = f"{item.label} : le motif « enfant de moins de {under} ans » ne vaut pas pour ce patient"
        why = f"ce motif ne vaut qu’avant {under} ans : choisissez un motif qui vaut, ou « substituable »"
        source = "arrêté du 12 novembre 2019"
        return [Alert("règle", "règle", (item.place,), title, why, source=source, field="ns")]
    return []


def _age(item: Item, patient: PatientFacts) -> list[Alert]:
    """The medicine's own name says whom it is for; under fifteen, a dose needs a weight (R3.5)."""
    if patient.age is None:
        return []
    unweighed = []
    if patient.age < 15 and patient.weight_kg is None:
        title = (
            f"{item.label} : enfant de {patient.age} an{'s' if patient.age > 1 else ''}, poids non renseigné"
        )
        unweighed = [
            Alert(
                "âge",
                "précaution d’emploi",
                (item.place,),
                title,
                "Le poids figure sur l’ordonnance.",
                source=WEIGHT,
            )
        ]
    words = set(folded(item.medicine.name).split())
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
        return unweighed
    title = f"{item.label} : {wrong}, patient de {patient.age} ans"
    return [
        *unweighed,
        Alert("âge", "précaution d’emploi", (item.place,), title, source="BDPM, dénomination"),
    ]
