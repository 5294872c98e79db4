"""Allergies of the record: by substance, then by class, nearness said as such; what none of it understands is said.

An allergy may be noted as a substance with its code, a class, a brand (« augmentin »), or half a word (« amoxi »).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serment.catalogues.allergens import AllergyClass, classes, others
from serment.catalogues.brands import meanings
from serment.catalogues.substances import folded, is_salt
from serment.formats.names import fold
from serment.prescribing.checks import meets
from serment.prescribing.safety.facts import Alert, Item
from serment.prescribing.safety.routes import is_local

UNKNOWN = "allergie non reconnue"
EXCIPIENT = "allergie à un excipient possible"
ALONE = "réactions croisées avec la classe de cette allergie"
HALF = 5
"""Letters from which half a word meets what it begins."""


@dataclass(frozen=True)
class Allergen:
    """What an allergy of the record means. ``substances``: moieties; ``missing``: what cannot be looked at, or « ».

    ``alone``: names of what is known of it as a substance and is of no class of the table; its own text where it is
    known by its code only.
    """

    text: str
    words: frozenset[str] = frozenset()
    code: str = ""
    substances: frozenset[str] = frozenset()
    classes: tuple[AllergyClass, ...] = ()
    brand: str = ""
    missing: str = ""
    alone: tuple[str, ...] = ()

    @property
    def uncovered(self) -> list[tuple[str, str]]:
        """(what, why) of what no check can look at."""
        found = [(f"«\u00a0{self.text}\u00a0»", self.missing)] if self.missing else []
        if self.alone:
            whole = self.brand and f" ({', '.join(self.alone)})"
            found.append((f"«\u00a0{self.text}\u00a0»{whole}", ALONE))
        return found


def read(allergies: Sequence[str], codes: Sequence[tuple[str, str]] = ()) -> list[Allergen]:
    """Each allergy as it is understood: two queries where there is one, none otherwise.

    ``codes``: (text of an allergy, code of its substance).
    """
    coded = dict(codes)
    tokens = {text: [w for w in fold(text).split() if len(w) >= 3 and not is_salt(w)] for text in allergies}
    meant = meanings(word for some in tokens.values() for word in some)
    found = []
    for text, some in tokens.items():
        known = {word: meant[word] for word in some if word in meant}
        substances = frozenset().union(*(one.substances for one in known.values()))
        codes_atc = frozenset().union(*(one.atc for one in known.values()))
        said = f" {fold(text)} "
        of = tuple(one for one in classes()[0] if _is_of(one, said, some, substances, codes_atc))
        other = next((one for one in others() if f" {folded(one.label)} " in said), None)
        missing = ""
        if other is not None and other.excipient:
            missing = EXCIPIENT
        elif not (coded.get(text) or substances or of or other):
            missing = UNKNOWN
        brand = next((word for word, one in known.items() if one.is_brand), "")
        words, code = frozenset(said.split()), coded.get(text, "")
        alone = _alone(text if code else "", substances, of)
        found.append(Allergen(text, words, code, substances, of, brand, missing, alone))
    return found


def _alone(coded: str, substances: frozenset[str], of: Sequence[AllergyClass]) -> tuple[str, ...]:
    """The substances of which no class of the table tells, so that silence says nothing about their cousins."""
    told = {word for one in of for name in (*one.words, *one.substances) for word in name.split()}
    known = substances or (frozenset() if of or not coded else frozenset([coded]))
    by_code_alone = {one for one in known if of and len(known) == 1}
    return tuple(sorted(one for one in known - by_code_alone if told.isdisjoint(one.split())))


def _is_of(
    one: AllergyClass, said: str, tokens: list[str], substances: frozenset[str], atc: frozenset[str]
) -> bool:
    """Whether an allergy names a class, half of its name, one of its members, or what bears its ATC code."""
    members = {*one.words, *(() if one.broad else one.substances)}
    if any(f" {word} " in said for word in members):
        return True
    halves = tuple(word for word in tokens if len(word) >= HALF)
    if any(name.startswith(half) for name in members if " " not in name for half in halves):
        return True
    return not one.broad and (
        any(not one.substances.isdisjoint(name.split()) for name in substances)
        or any(code.startswith(one.atc) for code in atc)
    )


def check(items: Sequence[Item], noted: Sequence[Allergen]) -> list[Alert]:
    """One alert for each new line and allergy that meet, by code, by name or brand, then by class; no query."""
    found = []
    for item in (item for item in items if not item.running):
        for allergen in noted:
            alert = _by_substance(item, allergen) or _by_class(item, allergen)
            if alert is not None:
                found.append(alert)
    return found


def looked_by_class(items: Sequence[Item]) -> set[int]:
    """Places of the new lines whose class can be told, by the ATC code or by a substance of the table."""
    members = frozenset().union(*(one.named for one in classes()[0]))
    return {i.place for i in items if not i.running and (i.medicine.atc or not members.isdisjoint(i.words))}


def _by_substance(item: Item, allergen: Allergen) -> Alert | None:
    names = {folded(name) for name in item.substances} | item.moieties
    shared = sorted(allergen.substances & item.moieties)
    if allergen.code not in item.codes and not shared and not meets(allergen.words, names):
        return None
    text = "La substance est au dossier parmi les allergies."
    if allergen.brand and shared:
        text = f"{allergen.brand.capitalize()} contient\u00a0: {', '.join(shared)}."
    return _alert(item, allergen, "allergie", text, "dossier du patient")


def _by_class(item: Item, allergen: Allergen) -> Alert | None:
    """The gravest of what the classes of an allergy say of a line."""
    found = [alert for one in allergen.classes if (alert := _of_class(one, item, allergen))]
    return max(found, key=lambda alert: alert.rank, default=None)


def _of_class(one: AllergyClass, item: Item, allergen: Allergen) -> Alert | None:
    known, source = classes()
    member = item.medicine.atc.startswith(one.atc) or not one.substances.isdisjoint(item.words)
    forbidden = not member and not one.forbids.isdisjoint(item.words)
    level = "allergie"
    if member and not one.cautious:
        text = f"Même classe\u00a0: {one.label}."
    elif forbidden:
        text = f"Contre-indiqué par son texte en cas d’allergie à cette classe\u00a0: {one.label}."
    elif member or _is_near(one, item, known):
        text, level = f"Réaction croisée possible avec\u00a0: {one.label}.", "précaution d’emploi"
    else:
        return None
    if level == "allergie" and is_local(item):
        text, level = f"{text} Forme locale\u00a0: passage faible.", "précaution d’emploi"
    return _alert(item, allergen, level, text, one.source or source)


def _is_near(one: AllergyClass, item: Item, known: Sequence[AllergyClass]) -> bool:
    """By the ATC code, by a substance of its own list, or by one of a class whose codes are near."""
    if not one.near_substances.isdisjoint(item.words):
        return True
    if not one.near:
        return False
    if item.medicine.atc.startswith(one.near):
        return True
    cousins = (other for other in known if any(code.startswith(one.near) for code in other.atc))
    return any(not other.substances.isdisjoint(item.words) for other in cousins)


def _alert(item: Item, allergen: Allergen, level: str, text: str, source: str) -> Alert:
    title = f"{item.label} : allergie notée à « {allergen.text} »"
    return Alert("allergie", level, (item.place,), title, text, source=source)
