"""A pregnancy, a lowered immunity and chronic diseases change the vaccines that are due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from serment.record import care, prevention, risks, selectors
from serment.record.kinds.history import History
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.problem import Problem
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import Vaccination
from serment.record.risks import Lowered, Risks

TODAY = date(2026, 11, 26)
BORN = date(1995, 9, 27)
ROR, FLU, RSV = "rougeole, oreillons, rubéole", "grippe", "virus respiratoire syncytial"
DTCAP = "diphtérie, tétanos, polio, coqueluche"


def pregnant(weeks: int, today: date = TODAY) -> Risks:
    return Risks(Pregnancy(lmp=today - timedelta(weeks=weeks)))


def due(
    found: Risks, *given: Vaccination, born: date = BORN, today: date = TODAY
) -> dict[str, prevention.Reminder]:
    return {item.what: item for item in prevention.vaccines_due(born, given, today, found)}


def test_a_live_vaccine_waits_for_the_birth():
    found = due(pregnant(33))[ROR]
    assert found.held.startswith("après l’accouchement") and not found.late
    assert found.due_on == TODAY + timedelta(weeks=8)  # her term, 41 SA
    assert due(risks.NOTHING)[ROR].late and not due(risks.NOTHING)[ROR].held


def test_a_lowered_immunity_holds_a_live_vaccine_and_no_other():
    found = due(Risks(lowered=(Lowered("Méthotrexate 10 mg"),)), born=date(1990, 1, 1))
    assert "Méthotrexate 10 mg" in found[ROR].held and not found[ROR].late
    assert not any(item.held for what, item in found.items() if what != ROR)


@pytest.mark.parametrize(
    ("weeks", "today", "there"),
    [
        (19, TODAY, {DTCAP: False, FLU: True}),  # from 20 SA; the season has begun
        (25, TODAY, {DTCAP: True, FLU: True, RSV: False}),
        (33, TODAY, {DTCAP: True, FLU: True, RSV: True}),
        (38, date(2026, 7, 1), {}),  # out of every window, and born before the season
    ],
)
def test_a_pregnancy_asks_for_its_own_vaccines(weeks, today, there):
    known = Vaccination(antigen="dtcap", given_on=date(2021, 1, 1))
    ror = [Vaccination(antigen="ror", given_on=date(1997, month, 1)) for month in (1, 6)]
    found = due(pregnant(weeks, today), known, *ror, today=today)
    assert {what: item.late for what, item in found.items() if what in (DTCAP, FLU, RSV)} == there


def test_a_dose_of_this_pregnancy_counts_and_one_of_another_does_not():
    mine = Vaccination(antigen="dtcap", given_on=TODAY - timedelta(days=30))
    other = Vaccination(antigen="dtcap", given_on=TODAY - timedelta(days=700))
    assert DTCAP not in due(pregnant(33), mine)
    assert "de 20 à 36\u00a0SA" in due(pregnant(33), other)[DTCAP].rule


def test_rsv_has_its_season():
    spring = date(2027, 4, 10)
    assert RSV not in due(pregnant(33, spring), today=spring)
    august = date(2026, 8, 10)
    assert due(pregnant(31, august), today=august)[RSV].due_on == date(2026, 9, 1)


def test_chronic_diseases_ask_for_influenza_and_pneumococcus(cabinet, add, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "patient_id": patient.pk, "born": BORN, "sex": "F", "today": TODAY}
        said = {item.what for item in care.due(**given).groups[0][1]}
    assert not {"grippe", "pneumocoque"} & said
    add("problem", Problem(label="Diabète de type 2", code="E11.9"))
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = {item.what: item for item in care.due(**given | {"keyring": keyring}).groups[0][1]}
    for what in ("grippe", "pneumocoque"):
        assert "diabète («\u00a0Diabète de type 2\u00a0» au dossier)" in found[what].rule
        assert "à vérifier" in found[what].source


def test_the_record_says_who_is_at_risk(cabinet, add, patient):
    add("problem", Problem(label="Asthme", code="J45"))
    add("history", History(text="Infarctus", code="I21.9"))
    add("history", History(text="Diabète", code="E11", side="family"))
    add("treatment", Treatment(label="Méthotrexate 2,5 mg, comprimé", since=date(2026, 1, 5)))
    add("pregnancy", Pregnancy(lmp=timezone.localdate() - timedelta(weeks=60)))  # long over, not closed
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = risks.of(selectors.standing(keyring=keyring, patient_id=patient.pk), timezone.localdate())
    assert set(found.groups) == {"asthma", "heart", "immunity"} and found.pregnancy is None
    assert found.lowered == (Lowered("Méthotrexate 2,5 mg, comprimé", date(2026, 1, 5)),)


def test_a_booster_missed_at_45_is_said_until_65_and_nothing_noted_is_asked_about():
    dtp = due(risks.NOTHING, born=date(1963, 3, 1))["diphtérie, tétanos, polio"]  # 63, nothing noted
    assert dtp.late and dtp.since == "aucun au dossier, à demander"
    known = Vaccination(antigen="dtp", given_on=date(1990, 1, 1))
    assert due(risks.NOTHING, known, born=date(1963, 3, 1))["diphtérie, tétanos, polio"].since.startswith(
        "depuis le"
    )
    assert "diphtérie, tétanos, polio" in due(risks.NOTHING, born=date(1962, 5, 1))  # 64 years and a half
    late = Vaccination(antigen="dtp", given_on=date(2024, 1, 1))
    assert "diphtérie, tétanos, polio" not in due(risks.NOTHING, late, born=date(1962, 5, 1))


def test_the_page_says_that_nothing_is_noted_and_what_waits(cabinet, add, patient, record_path):
    add("pregnancy", Pregnancy(lmp=timezone.localdate() - timedelta(weeks=33)))
    page = cabinet.client(cabinet.doctor).get(f"{record_path}prevention/").content.decode()
    assert "Aucun vaccin n’est noté au dossier" in page and "après l’accouchement (vaccin vivant)" in page
    add("vaccination", Vaccination(antigen="ror", given_on=date(2020, 1, 1)))
    page = cabinet.client(cabinet.doctor).get(f"{record_path}prevention/").content.decode()
    assert "Aucun vaccin n’est noté" not in page
