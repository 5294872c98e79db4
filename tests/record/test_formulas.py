"""Formulas against published values; and the pages that fill them from the record."""

from __future__ import annotations

from datetime import date

import pytest

from serment.record import formulas, selectors
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.observation import Observation
from serment.record.kinds.problem import Problem
from serment.vault.paths import path as path_of


def test_cockcroft():
    assert formulas.cockcroft(age=70, weight_kg=60, creatinine_umol=100, sex="F") == 43.7
    assert formulas.cockcroft(age=70, weight_kg=60, creatinine_umol=100, sex="M") == 51.7


@pytest.mark.parametrize(
    ("age", "sex", "mg_dl", "rate"),
    # Worked by hand from the equation of Inker et coll. (2021): 142 × min^α × max^-1.2 × 0.9938^age × 1.012.
    [(50, "M", 0.9, 104), (50, "F", 0.7, 105), (70, "F", 1.4, 40), (40, "M", 2.0, 42)],
)
def test_ckd_epi_2021(age, sex, mg_dl, rate):
    found = formulas.ckd_epi_2021(age=age, creatinine_umol=mg_dl * 88.4, sex=sex)
    assert round(found) == pytest.approx(rate, abs=1)


def test_at_kappa_both_equations_are_their_scale_by_age():
    old = formulas.ckd_epi_2009(age=50, creatinine_umol=0.9 * 88.4, sex="M")
    assert old == pytest.approx(141 * 0.993**50, abs=0.1)


@pytest.mark.parametrize("formula", [formulas.ckd_epi_2009, formulas.ckd_epi_2021])
def test_a_creatinine_is_positive(formula):
    with pytest.raises(ValueError, match="positive"):
        formula(age=50, creatinine_umol=0, sex="M")


@pytest.mark.parametrize(("sex", "risk"), [("M", 5.9), ("F", 4.2)])
def test_score2_gives_the_example_of_its_authors(sex, risk):
    """50 years, smoker, 140 mmHg, total 5,5 and HDL 1,3 mmol/L, low-risk region (SCORE2 working group, 2021)."""
    found = formulas.score2(age=50, sex=sex, smoker=True, systolic=140, cholesterol_mmol=5.5, hdl_mmol=1.3)
    assert found == pytest.approx(risk, abs=0.1)


def test_score2_rises_with_each_risk_and_refuses_other_ages():
    base = {"age": 55, "sex": "F", "smoker": False, "systolic": 120, "cholesterol_mmol": 5, "hdl_mmol": 1.4}
    low = formulas.score2(**base)
    for worse in (
        {"age": 65},
        {"smoker": True},
        {"systolic": 160},
        {"cholesterol_mmol": 7},
        {"hdl_mmol": 1.0},
    ):
        assert formulas.score2(**{**base, **worse}) > low
    for age in (39, 70):
        with pytest.raises(ValueError, match="40 to 69"):
            formulas.score2(**{**base, "age": age})
    assert formulas.score2_band(45, 3) == "élevé" and formulas.score2_band(60, 3) == "faible à modéré"


@pytest.fixture
def adult(cabinet):
    return cabinet.patient(birth_family_name="Rénal", birth_date=date(date.today().year - 60, 1, 1), sex="M")


def write(cabinet, patient, kind, payload):
    from serment.record import services

    with cabinet.at_work(cabinet.doctor) as keyring:
        services.add_entry(
            keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, kind=kind, payload=payload
        )


def test_kidney_is_filled_from_the_record_shown_then_noted(cabinet, adult):
    browser = cabinet.client(cabinet.doctor)
    path = path_of("record:kidney", adult.pk)
    write(
        cabinet, adult, "observation", Observation(label="Créatinine", value=12, unit="mg/L", loinc="2160-0")
    )
    write(cabinet, adult, "measure", MeasureSet(values={"weight": 80}))
    page = browser.get(path).content.decode()
    assert 'value="12.0"' in page or 'value="12,0"' in page or 'value="12"' in page
    assert "dernière valeur" in page and "HAS" in page
    given = {"creatinine": "12", "unit": "mg/L", "weight": "80"}
    shown = browser.post(path, given).content.decode()
    assert "Clairance de la créatinine (Cockcroft) : 74,2\u00a0mL/min" in shown
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert len(selectors.of_kind(keyring=keyring, patient_id=adult.pk, kind="observation")) == 1
    assert browser.post(path, {**given, "note": "1"}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        noted = selectors.of_kind(keyring=keyring, patient_id=adult.pk, kind="observation")
    assert len(noted) == 4 and all(item.content.method for item in noted[:3])
    assert browser.post(path, {**given, "weight": "2"}).status_code == 422


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("1,2", "mg/dL", "créatinine 1,2 mg/dL, soit 106 µmol/L"),
        ("12", "mg/L", "créatinine 12 mg/L, soit 106 µmol/L"),
        ("106", "µmol/L", "créatinine 106 µmol/L, 80 kg"),
    ],
)
def test_a_creatinine_in_any_unit_is_converted_and_said(cabinet, adult, value, unit, said):
    browser, path = cabinet.client(cabinet.doctor), path_of("record:kidney", adult.pk)
    assert '<option value="mg/dL">' in browser.get(path).content.decode()
    shown = browser.post(path, {"creatinine": value, "unit": unit, "weight": "80"}).content.decode()
    assert said in shown and "Clairance de la créatinine (Cockcroft) : 74," in shown


def test_a_creatinine_of_the_record_in_mg_dl_is_taken_and_a_wrong_unit_asked_about(cabinet, adult):
    browser, path = cabinet.client(cabinet.doctor), path_of("record:kidney", adult.pk)
    last = Observation(label="Créatinine", value=1.2, unit="mg/dL", loinc="2160-0")
    write(cabinet, adult, "observation", last)
    assert '<option value="mg/dL" selected>' in browser.get(path).content.decode()
    asked = browser.post(path, {"creatinine": "12", "unit": "mg/dL", "weight": "80"})
    assert asked.status_code == 422 and "l’unité est-elle la bonne" in asked.content.decode()


def test_risk_says_for_whom_it_is_not(cabinet, adult):
    browser = cabinet.client(cabinet.doctor)

    def page(patient):
        return browser.get(path_of("record:risk", patient.pk)).content.decode()

    write(cabinet, adult, "lifestyle", Lifestyle(agreed=True, tobacco="current"))
    assert '<option value="yes" selected>' in page(adult)
    child = cabinet.patient(birth_family_name="Jeune", birth_date=date(date.today().year - 10, 1, 1))
    assert "de 40 à 69 ans" in page(child) and "Calculer" not in page(child)
    path = path_of("record:risk", adult.pk)
    given = {"systolic": "140", "cholesterol": "2,1", "hdl": "0,5", "unit": "g/L", "smoker": "yes"}
    assert "SCORE2 (risque cardiovasculaire à dix ans)" in browser.post(path, given).content.decode()
    wrong = browser.post(path, {**given, "hdl": "2,5"})
    assert wrong.status_code == 422 and "part du cholestérol total" in wrong.content.decode()
    write(cabinet, adult, "problem", Problem(label="Diabète de type 2", code="E11"))
    assert "un diabète" in page(adult)
