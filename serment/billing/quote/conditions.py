"""What an act asks of the situation: age, place, hour, sector, care path, company. Each refusal names its rule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from serment.billing.quote.situation import Act, Situation
from serment.billing.quote.tariffs import Tariff, rates

SECONDARY = "NGAP, règles de cumul (source secondaire, à vérifier)"
LABEL = "libellé de l’acte"
CONVENTION = "convention nationale"
_PLACES = {"home": "au domicile", "remote": "à distance", "office": "au cabinet"}
_SCOPES = {"generalist": "au généraliste", "specialist": "au spécialiste", "pediatrician": "au pédiatre"}


class Refused(ValueError):
    """An act that the situation forbids; French, with its rule. ``place``: position of the act."""

    def __init__(self, place: int, text: str, source: str) -> None:
        super().__init__(text)
        self.place, self.source = place, source


def number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def check_session(situation: Situation) -> None:
    """What does not depend on an act. Raises Refused."""
    patient = situation.patient
    if patient.at_mp and patient.at_mp_date is None:
        raise Refused(0, "Accident du travail : donnez sa date.", "feuille de soins, volet AT")
    if patient.at_mp_date and patient.at_mp_date > situation.date:
        raise Refused(0, "La date de l’accident est après celle des soins.", "feuille de soins, volet AT")


def check(situation: Situation, tariff: Tariff, act: Act, place: int) -> None:
    """What one act of the NGAP asks by itself. Raises Refused."""
    patient, code = situation.patient, tariff.code
    if tariff.scope and situation.scope and tariff.scope != situation.scope:
        raise Refused(place, f"{code} est réservé {_SCOPES[tariff.scope]}.", CONVENTION)
    if tariff.sectors and situation.sector not in tariff.sectors:
        raise Refused(place, f"{code} : secteur {', '.join(tariff.sectors)} seulement.", CONVENTION)
    if tariff.place and tariff.place != situation.place:
        raise Refused(place, f"{code} se facture {_PLACES[tariff.place]}.", LABEL)
    if tariff.not_place and tariff.not_place == situation.place:
        raise Refused(place, f"{code} ne se facture pas {_PLACES[tariff.not_place]}.", LABEL)
    if tariff.under_age and patient.age >= tariff.under_age:
        raise Refused(place, f"{code} : patient de moins de {tariff.under_age} ans.", LABEL)
    if patient.age < tariff.from_age:
        raise Refused(place, f"{code} : patient de {tariff.from_age} ans ou plus.", LABEL)
    child = tariff.child_without_doctor and patient.age < 16
    if tariff.parcours and tariff.parcours != situation.parcours and not child:
        raise Refused(place, f"{code} : dans le parcours de soins seulement.", CONVENTION)
    if not situation.holds(tariff.when):
        raise Refused(place, f"{code} : ni l’heure ni le jour ne l’ouvrent.", LABEL)
    if tariff.regulated and not situation.regulated:
        raise Refused(place, f"{code} : après régulation seulement.", CONVENTION)
    if tariff.coefficients and act.coefficient not in tariff.coefficients:
        known = ", ".join(map(number, tariff.coefficients))
        raise Refused(place, f"{code} : coefficient {known}.", LABEL)
    if act.km is not None and tariff.kind != "km":
        raise Refused(place, f"{code} n’est pas une indemnité kilométrique : retirez les kilomètres.", LABEL)
    if tariff.free and not act.excess_cents:
        raise Refused(place, f"{code} : donnez son prix.", LABEL)
    if act.modifiers or act.association:
        raise Refused(
            place, f"{code} : ni modificateur ni code d’association hors de la CCAM.", "CCAM, livre III"
        )


def check_excess(situation: Situation, act: Act, place: int) -> None:
    """Who may ask for more than the tariff, and why. Raises Refused."""
    if not act.excess_cents:
        return
    sources = rates()["excess"]
    if (situation.patient.c2s or situation.patient.ame) and act.excess_reason != "DE":
        raise Refused(
            place,
            "Pas de dépassement pour un bénéficiaire de la C2S ou de l’AME, sauf exigence (DE).",
            sources["c2s"],
        )
    if situation.sector in ("2", "2-optam", "nc"):
        return
    if act.excess_reason == "DA" and situation.profession == "medecin" and situation.parcours == "outside":
        return
    if act.excess_reason != "DE":
        text = "Le secteur 1 ne facture pas de dépassement (sauf DE)."
        if situation.profession != "medecin":
            text = "Pas de dépassement au tarif conventionnel, sauf exigence du patient (DE)."
        raise Refused(place, text, sources["sector"])


def check_company(situation: Situation, found: Sequence[tuple[int, Act, Tariff]]) -> None:
    """What acts ask of one another and of those already done that day. ``found``: (place, act, tariff)."""
    codes = [act.code for _, act, _ in found]
    day = [*codes, *(act.code for act in situation.earlier)]
    for place, act, tariff in found:
        code = tariff.code
        if tariff.once and (codes.count(code) > 1 or act.quantity > 1):
            raise Refused(place, f"{code} : une seule fois par séance.", SECONDARY)
        against = next((other for other in tariff.not_with if other in codes), None)
        if against is not None:
            raise Refused(place, f"{code} ne se cumule pas avec {against}.", SECONDARY)
        reasons = {one.excess_reason for _, one, _ in found} & set(tariff.not_with_reason)
        if reasons:
            raise Refused(place, f"{code} ne se cumule pas avec un dépassement {reasons.pop()}.", CONVENTION)
        if tariff.free and any(not other.free for _, _, other in found):
            text = f"{code} se facture à part : ce qui n’est pas remboursé va sur un autre support."
            raise Refused(place, text, "convention médicale, article 66 (omniprat.org)")
        if tariff.needs and not any(other in day for other in tariff.needs):
            raise Refused(place, f"{code} accompagne {', '.join(tariff.needs)}.", LABEL)
        _limits(situation, found, place, act, tariff)


def _limits(
    situation: Situation, found: Sequence[tuple[int, Act, Tariff]], place: int, act: Act, tariff: Tariff
) -> None:
    code, everything = tariff.code, [*(one for _, one, _ in found), *situation.earlier]
    if tariff.per_day:
        total = sum(one.quantity for one in everything if one.code == code)
        if total > tariff.per_day:
            text = f"{code} : {tariff.per_day} par jour et par patient au plus ({total} avec celui-ci)."
            raise Refused(place, text, SECONDARY)
    if act.coefficient in tariff.once_a_day:
        same = [one for one in everything if one.code == code and one.coefficient in tariff.once_a_day]
        if sum(one.quantity for one in same) > 1:
            known = " ou ".join(map(number, tariff.once_a_day))
            raise Refused(place, f"{code} {known} : une seule fois par jour.", "CIR-9/2025 (à vérifier)")
    if tariff.group == "bsi" and any(one.code in ("BSA", "BSB", "BSC") for one in situation.earlier):
        raise Refused(place, "Un seul forfait BSA, BSB ou BSC par jour.", SECONDARY)
    if tariff.bsi is not None:
        followed = situation.patient.bsi or any(one.code in ("BSA", "BSB", "BSC") for one in everything)
        if tariff.bsi and not followed:
            raise Refused(place, f"{code} : patient suivi par BSI seulement.", SECONDARY)
        if not tariff.bsi and followed:
            raise Refused(place, f"{code} : patient suivi par BSI, l’indemnité est IFI.", SECONDARY)
    if tariff.single_under is not None:
        keys = [one for _, one, other in found if other.kind == "key"]
        others = [one for _, one, other in found if other.kind == "act"]
        alone = len(keys) == 1 and not others
        if not alone or keys[0].coefficient * keys[0].quantity > tariff.single_under:
            text = f"{code} : un acte unique, de coefficient {number(tariff.single_under)} au plus."
            raise Refused(place, text, SECONDARY)
