"""Vaccinations and screenings due, tests and formulas (their sources are in the data files)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.record import prevention, scores
from serment.record.form_of import form_of
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.vaccination import Vaccination
from serment.vault.ids import encode

TODAY = date(2026, 11, 24)


def due(born: date, *given: tuple[str, date]) -> dict[str, date]:
    doses = [Vaccination(antigen=antigen, given_on=day) for antigen, day in given]
    return {item.what: item.due_on for item in prevention.vaccines_due(born, doses, TODAY)}


def test_an_infant_of_three_months_without_any_vaccine():
    found = due(date(2026, 8, 24))
    assert found["pneumocoque"] == date(2026, 10, 24)
    assert found["méningocoque B"] == date(2026, 11, 24)
    assert found["rougeole, oreillons, rubéole"] == date(2027, 8, 24)


def test_a_dose_given_moves_to_the_next():
    found = due(date(2026, 8, 24), ("pneumo", date(2026, 10, 25)))
    assert found["pneumocoque"] == date(2026, 12, 24)


def test_an_adult_of_seventy_without_any_trace():
    found = due(date(1956, 5, 1))
    assert set(found) >= {"grippe", "zona", "pneumocoque"}
    assert "papillomavirus" not in found


def test_the_flu_comes_back_every_year():
    assert due(date(1956, 5, 1), ("flu", date(2026, 10, 15)))["grippe"] == date(2027, 10, 15)


def test_what_the_practitioner_decided_is_kept_until_the_next_dose():
    first = Vaccination(antigen="hepatitis_a", given_on=date(2026, 1, 5), next_on=date(2026, 7, 5))
    second = Vaccination(antigen="hepatitis_a", given_on=date(2026, 7, 9))
    born = date(1990, 1, 1)
    said = prevention.vaccines_due(born, [first], TODAY)
    assert [r.rule for r in said if r.what == "hépatite A"] == ["décidé au dernier vaccin"]
    assert not [r for r in prevention.vaccines_due(born, [first, second], TODAY) if r.what == "hépatite A"]


@pytest.mark.parametrize(
    ("age", "sex", "count"), [(30, "F", 1), (55, "F", 3), (55, "M", 1), (80, "F", 0), (20, "M", 0)]
)
def test_screenings_by_age_and_sex(age, sex, count):
    assert len(prevention.screenings_due(date(TODAY.year - age, 1, 1), sex, TODAY)) == count


@given(st.sampled_from(sorted(scores.definitions())), st.data())
def test_a_score_is_the_sum_of_its_answers(code, data):
    definition = scores.definitions()[code]
    answers = [data.draw(st.integers(0, most)) for most in definition.most]
    found = definition.read(answers)
    assert found.total == sum(answers) <= definition.out_of and found.band


def test_bands_and_refusals():
    phq = scores.definitions()["phq9"]
    assert [phq.read([n] * 9).band for n in (0, 1, 2, 3)] == [
        "minime",
        "légère",
        "modérément sévère",
        "sévère",
    ]
    with pytest.raises(ValueError, match="chaque item"):
        phq.read([1, 2])
    with pytest.raises(ValueError, match="hors"):
        phq.read([4] * 9)


def test_kidney_formulas():
    assert scores.cockcroft(age=70, weight_kg=60, creatinine_umol=100, sex="F") == 43.7
    assert scores.cockcroft(age=70, weight_kg=60, creatinine_umol=100, sex="M") == 51.7
    assert 60 < scores.ckd_epi(age=50, creatinine_umol=100, sex="M") < 80
    with pytest.raises(ValueError, match="positive"):
        scores.ckd_epi(age=50, creatinine_umol=0, sex="M")


def test_habits_of_life_need_the_patients_agreement():
    form = form_of(Lifestyle)
    assert not form({"tobacco": "never"}).is_valid()
    agreed = form({"tobacco": "never", "agreed": "on"})
    assert agreed.is_valid() and agreed.payload().line() == "tabac : jamais"


def test_the_page_and_a_score_on_screen(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    base = f"/patients/{encode(patient.pk)}/dossier/"
    page = browser.get(f"{base}prevention/").content.decode()
    assert "PHQ-9" in page and "à vérifier" in page
    answers = {f"item-{place}": "1" for place in range(9)}
    assert browser.post(f"{base}score/phq9/", {**answers, "item-8": ""}).status_code == 422
    assert browser.post(f"{base}score/phq9/", answers).status_code == 302
    assert "9 sur 27, légère" in browser.get(f"{base}prevention/").content.decode()
    given = {"antigen": "flu", "given_on": "2026-10-01", "vaccine": "V", "lot": "A1"}
    assert browser.post(f"{base}ajouter/vaccination/", given).status_code == 302
    assert browser.post(f"{base}ajouter/vaccination/", {**given, "given_on": "2099-01-01"}).status_code == 422
    assert "grippe (V), le 01/10/2026" in browser.get(f"{base}prevention/").content.decode()
