"""What a report and a patient say differently of who it is (RNIV: birth name, given name, birth date, sex, number)."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats import dates
from serment.formats.labs import Report, national_number
from serment.formats.names import fold, glue
from serment.patients.payloads import Identity
from serment.patients.selectors import PatientCard

SEXES = {"F": "féminin", "M": "masculin"}


@dataclass(frozen=True)
class Difference:
    """One trait. ``code`` for the journal; the words, in French, for the page: no digit of a number is in them."""

    code: str
    label: str
    on_report: str
    on_record: str


def families(who: Identity) -> set[str]:
    """Family names, as they are written."""
    return {who.birth_family_name, who.used_family_name} - {""}


def givens(who: Identity) -> set[str]:
    """The first given name, the one that is used, and all of them together."""
    return {who.first_given_name, who.used_given_name, who.given_names} - {""}


def same_family(report: Report, who: Identity) -> bool:
    return glue(report.family) in {glue(name) for name in families(who)} - {""}


def same_given(report: Report, who: Identity) -> bool:
    """« Marie Jeanne » is Marie-Jeanne, and Marie where that is the first given name."""
    words = fold(report.given).split()
    return bool(words) and (
        glue(report.given) in {glue(name) for name in givens(who)} - {""}
        or words[0] in {fold(who.first_given_name), fold(who.used_given_name)}
    )


def of_identity(report: Report, who: Identity) -> list[Difference]:
    """Traits of the identity that differ, or that the report does not give."""
    found = []
    if not same_family(report, who):
        names = " ou ".join(dict.fromkeys(filter(None, (who.birth_family_name, who.used_family_name))))
        found.append(Difference("family_name", "Nom", report.family or "absent", names))
    if not same_given(report, who):
        found.append(Difference("given_name", "Prénom", report.given or "absent", who.first_given_name))
    if report.born != who.birth_date:
        born = dates.short(report.born) if report.born else "absente"
        found.append(Difference("birth_date", "Date de naissance", born, dates.short(who.birth_date)))
    if {report.sex, who.sex} == {"F", "M"}:
        found.append(Difference("sex", "Sexe", SEXES[report.sex], SEXES[who.sex]))
    return found


def of_card(report: Report, card: PatientCard) -> list[Difference]:
    """The same, and the national number where both give one (the patient's own, not an insured parent's)."""
    found = of_identity(report, card.identity)
    known = {national_number(card.ins.matricule)} if card.ins else set()
    if card.coverage and card.coverage.insured_is_patient:
        known.add(national_number(card.coverage.nir))
    said = national_number(report.number)
    if said and known - {""} and said not in known:
        found.append(Difference("number", "Numéro de sécurité sociale ou INS", "un autre", "pas le même"))
    return found
