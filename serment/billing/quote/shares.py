"""Who pays: the compulsory scheme's rate, the complementary, the third-party arrangement. And what is only told."""

from __future__ import annotations

from collections.abc import Sequence

from serment.billing.quote.items import Item
from serment.billing.quote.situation import Situation
from serment.billing.quote.tariffs import rates
from serment.formats.money import share


def rate_of(situation: Situation, item: Item) -> tuple[int, str]:
    """(percent of the compulsory scheme, why): the most favourable first, then the care path."""
    patient, special = situation.patient, rates()["special"]
    if item.tariff is not None and item.tariff.free:
        return 0, "hors nomenclature"
    if patient.at_mp:
        return special["full"], "accident du travail ou maladie professionnelle"
    if patient.maternity_month >= 6:
        return special["full"], "maternité, à partir du sixième mois"
    if patient.ald and item.act.ald_related:
        return special["full"], "affection de longue durée, en rapport"
    base = rates()["base"].get(situation.profession)
    if base is None:
        return 0, "profession non remboursée"
    if item.tariff is not None and item.tariff.rate:
        return item.tariff.rate, item.tariff.rate_why
    outside = situation.parcours == "outside" and situation.profession == "medecin" and patient.age >= 16
    if outside and not patient.c2s and not patient.ame:
        return special["outside"], "hors du parcours de soins"
    if patient.alsace_moselle:
        return special["alsace_moselle"], "régime local d’Alsace-Moselle"
    return base, "taux de droit commun"


def complementary(situation: Situation, remainder: int) -> int:
    """What the complementary, the C2S or the AME pays of what the compulsory scheme leaves."""
    patient = situation.patient
    if patient.c2s or patient.ame:
        return remainder
    return share(remainder, patient.amc_percent) if patient.amc else 0


def third_party(situation: Situation) -> tuple[str, str]:
    """(none, amo or full; why): rights dispense of paying in advance, whatever was asked."""
    patient, asked = situation.patient, situation.third_party
    if patient.c2s or patient.ame:
        return "full", "obligatoire : C2S ou AME, rien à avancer"
    if asked == "full":
        return (
            "full",
            "choisi : les deux parts" if patient.amc else "choisi : part obligatoire, sans complémentaire",
        )
    if patient.at_mp:
        return "amo", "obligatoire : accident du travail ou maladie professionnelle"
    if patient.maternity_month >= 6:
        return "amo", "obligatoire : maternité (à vérifier)"
    if patient.ald and any(act.ald_related for act in situation.acts):
        return "amo", "obligatoire : soins en rapport avec l’ALD (à vérifier)"
    return asked, "choisi : part obligatoire seule" if asked == "amo" else "aucun : le patient règle tout"


def information(situation: Situation, items: Sequence[Item], totals: dict[str, int]) -> list[str]:
    """What the practitioner and the patient should know; nothing here changes an amount."""
    found = [_contribution(situation)] if totals["amo_cents"] else []
    heavy = rates()["heavy"]
    if any(item.kind == "ccam" and item.price_cents >= heavy["from_cents"] for item in items):
        found.append(
            f"Acte de {heavy['from_cents'] // 100} € ou plus : une participation forfaitaire de "
            f"{heavy['flat_cents'] // 100} € remplace d’ordinaire le ticket modérateur ; elle n’est pas calculée ici "
            f"({heavy['source']})."
        )
    if any(item.tariff is not None and item.tariff.free for item in items):
        found.append("Hors nomenclature : jamais remboursé ; son prix est annoncé avant les soins.")
    if any(item.act.excess_reason == "DE" for item in items):
        found.append("Exigence du patient (DE) : jamais remboursée, à annoncer avant les soins.")
    if totals["excess_cents"] >= 7000:
        found.append("Dépassement de 70 € ou plus : information écrite du patient avant les soins.")
    if situation.substitute:
        found.append("Remplacement : feuille de soins au nom et aux tarifs du praticien remplacé.")
    if (
        situation.profession not in ("medecin", "sage_femme", "chirurgien_dentiste")
        and not situation.prescription
    ):
        found.append("Aucune prescription indiquée : le remboursement la demande, sauf accès direct.")
    if situation.patient.alsace_moselle and situation.parcours == "outside":
        found.append("Le taux du régime local hors parcours n’est pas sourcé : 30 % est compté.")
    for item in items:
        found.extend(item.notices)
    return found


def _contribution(situation: Situation) -> str:
    patient, held = situation.patient, rates()["contribution"]
    if patient.age < 18 or patient.c2s or patient.ame or patient.maternity_month >= 6:
        return "Ni participation forfaitaire ni franchise pour ce patient."
    which = "doctor" if situation.profession == "medecin" else "auxiliary"
    one, day, year = (held[name] // 100 for name in (f"{which}_cents", f"{which}_day_cents", "year_cents"))
    return (
        f"La caisse retiendra {one} € (au plus {day} € par jour et {year} € par an ; {held['source']}) : "
        "retenus par la caisse, jamais encaissés."
    )
