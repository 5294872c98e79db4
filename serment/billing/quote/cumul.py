"""Which items count, and for how much of their price: NGAP articles 11A and 11B, CCAM associations (article III-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serment.billing.quote.book import ccam_rules
from serment.billing.quote.conditions import Refused
from serment.billing.quote.items import Item
from serment.billing.quote.situation import Situation

__all__ = ["FULL", "Refused", "Weight", "weights"]

SOURCE_11A = "NGAP, article 11A (à vérifier)"
SOURCE_11B = "NGAP, article 11B"
SOURCE_MK = "NGAP, titre XIV"
SOURCE_TWO_SESSIONS = "UNCAM, décision du 14/12/2023"
_BY_11B = ("infirmier", "sage_femme", "pedicure_podologue", "orthoptiste")


@dataclass(frozen=True)
class Weight:
    """``percent`` of the price, and why. ``association``: the CCAM code that says it."""

    percent: int
    rule: str = ""
    source: str = ""
    association: str = ""


FULL = Weight(100)


def weights(items: Sequence[Item], situation: Situation) -> list[Weight]:
    """One weight per item, whatever the order they were given in. Raises Refused."""
    found = [FULL] * len(items)
    if situation.profession in _BY_11B:
        _article_11b(items, found)
    elif situation.profession == "kinesitherapeute":
        _one_a_session(items, found, situation)
    _one_consultation(items, found)
    _associations(items, found)
    _consultation_and_technical(items, found, situation)
    _orphans(items, found)
    return found


def _rank(items: Sequence[Item], places: Sequence[int]) -> list[int]:
    """Dearest first; equals by code then by what was typed, so that the order given never matters."""
    return sorted(
        places,
        key=lambda place: (
            -items[place].price_cents,
            items[place].code,
            items[place].act.model_dump_json(),
            place,
        ),
    )


def _article_11b(items: Sequence[Item], found: list[Weight]) -> None:
    """The dearest technical act in full, the next at half, the others at nothing; exempted ones stand apart."""
    counted = []
    for place, item in enumerate(items):
        if item.kind != "key":
            continue
        if item.act.full_rate or (item.tariff is not None and item.tariff.full_rate):
            found[place] = Weight(100, "taux plein, exception à l’article 11B", SOURCE_11B)
        else:
            counted.append(place)
    for rank, place in enumerate(_rank(items, counted)):
        if rank == 1:
            found[place] = Weight(50, "second acte de la séance, à moitié", SOURCE_11B)
        elif rank > 1:
            found[place] = Weight(0, "troisième acte ou suivant, non compté", SOURCE_11B)


def _one_a_session(items: Sequence[Item], found: list[Weight], situation: Situation) -> None:
    keys = [place for place, item in enumerate(items) if item.group == "session"]
    done = any(not act.is_ccam and act.code not in ("IFS", "IFD") for act in situation.earlier)
    if keys and done and not any(items[place].act.full_rate for place in keys):
        raise Refused(
            items[keys[0]].place,
            "Seconde séance du jour : deux prescriptions, deux articles et deux territoires (taux plein à cocher).",
            SOURCE_TWO_SESSIONS,
        )
    for place in _rank(items, [place for place in keys if not items[place].act.full_rate])[1:]:
        found[place] = Weight(0, "une seule cotation par séance", SOURCE_MK)


def _one_consultation(items: Sequence[Item], found: list[Weight]) -> None:
    places = [place for place, item in enumerate(items) if item.group == "consultation"]
    for place in _rank(items, places)[1:]:
        found[place] = Weight(0, "une seule consultation ou visite par séance", SOURCE_11A)


def _associations(items: Sequence[Item], found: list[Weight]) -> None:
    """Two acts at most, the dearest in full and the second at half, unless a code says otherwise."""
    rules = ccam_rules()["association"]
    places = [place for place, item in enumerate(items) if item.kind == "ccam"]
    ranked = _rank(items, places)
    free = [place for place in ranked if not items[place].act.association]
    given = [place for place in ranked if items[place].act.association]
    for place in given:
        code = items[place].act.association
        if len(places) == 1:
            text = f"{items[place].code} : un acte seul n’a pas de code d’association."
            raise Refused(items[place].place, text, rules[code]["source"])
        if code == "3" and items[place].group not in ("", "ADC"):
            text = f"{items[place].code} : le code d’association 3 est pour la chirurgie."
            raise Refused(items[place].place, text, rules[code]["source"])
        found[place] = _association(code)
    if len(places) < 2:
        return
    taken = {items[place].act.association for place in given}
    for rank, place in enumerate(free):
        code = "1" if rank == 0 and "1" not in taken else "2" if "2" not in taken and rank < 2 else ""
        if code == "2":
            taken.add("2")
        found[place] = (
            _association(code) if code else Weight(0, "deux actes au plus, non compté", rules["2"]["source"])
        )


def _association(code: str) -> Weight:
    rule = ccam_rules()["association"][code]
    doubt = "" if rule["confidence"] == "sourcé" else " (à vérifier)"
    return Weight(
        rule["percent"], f"association {code} : {rule['label']}", f"{rule['source']}{doubt}", association=code
    )


def _consultation_and_technical(items: Sequence[Item], found: list[Weight], situation: Situation) -> None:
    """A consultation is not added to a technical act of the same time, but for the listed exceptions."""
    rules = ccam_rules()["consultation"]
    consultation = [
        place for place, item in enumerate(items) if item.group == "consultation" and found[place].percent
    ]
    if not consultation:
        return
    clash = []
    for place, item in enumerate(items):
        if item.kind not in ("ccam", "supplement") or item.act.full_rate:
            continue
        exception = next((one for one in rules["with"] if item.code in one["codes"]), None)
        specialties = exception.get("specialties") if exception else None
        if specialties and situation.specialty and situation.specialty not in specialties:
            exception = None
        if exception is not None:
            percent = min(found[place].percent, exception["percent"])
            found[place] = Weight(
                percent,
                f"avec la consultation, à {percent} %",
                exception["source"],
                found[place].association,
            )
        elif item.kind == "ccam":
            clash.append(place)
    if not clash:
        return
    visit = sum(items[place].price_cents for place in consultation)
    technical = sum(items[place].price_cents * found[place].percent // 100 for place in clash)
    for place in consultation if technical >= visit else clash:
        found[place] = Weight(
            0, "consultation et acte technique ne s’ajoutent pas, le plus cher est gardé", rules["source"]
        )


def _orphans(items: Sequence[Item], found: list[Weight]) -> None:
    """A majoration whose act was put at nothing goes with it."""
    for place, item in enumerate(items):
        needs = item.tariff.needs if item.tariff is not None and item.kind == "extra" else ()
        company = [other for other, one in enumerate(items) if one.code in needs]
        if company and not any(found[other].percent for other in company):
            found[place] = Weight(
                0, f"{items[company[0]].code} n’est pas compté, sa majoration non plus", SOURCE_11A
            )
