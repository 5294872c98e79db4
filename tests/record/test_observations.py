"""Any number: typed with a comma, coded when picked, bounded by whoever measured."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from serment.record import observables, selectors
from serment.record.kinds.observation import Observation
from serment.vault.ids import encode
from serment.vault.marks import mark


@pytest.fixture
def browser(cabinet):
    return cabinet.client(cabinet.doctor)


def kept(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return selectors.of_kind(keyring=keyring, patient_id=patient.pk, kind="observation")


def test_one_picks_a_quantity_and_its_code_and_unit_come(browser, cabinet, patient, record_path):
    choices = browser.post("/dossier/grandeurs/", {"label": "hba1"}).content.decode()
    assert "4548-4|Hémoglobine glyquée (HbA1c)" in choices
    given = {
        "label": "hba1",
        "pick": "4548-4|Hémoglobine glyquée (HbA1c)",
        "value": "7,4",
        "low": "4",
        "high": "6",
        "taken_on": "2026-03-02",
    }
    assert browser.post(f"{record_path}ajouter/{mark('observation')}/", given).status_code == 302
    (item,) = kept(cabinet, patient)
    assert (item.content.loinc, item.content.unit, item.content.value) == ("4548-4", "%", 7.4)
    assert item.line == "Hémoglobine glyquée (HbA1c)\u00a0: 7,4\u00a0% le 02/03/2026 – hors des bornes"
    assert ("Mesuré le", "02/03/2026") in item.rows and ("Borne basse", "4") in item.rows


def test_what_is_typed_by_hand_has_no_code_and_zero_is_a_value(browser, cabinet, patient, record_path):
    given = {"label": "Globules à la bandelette", "value": "0", "unit": "croix"}
    assert browser.post(f"{record_path}ajouter/{mark('observation')}/", given).status_code == 302
    (item,) = kept(cabinet, patient)
    assert item.content.loinc == "" and ("Valeur", "0\u00a0croix") in item.rows


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": "beaucoup"}, "nombre"),
        ({"value": ""}, "obligatoire"),
        ({"low": "6", "high": "4"}, "sous la borne basse"),
        ({"taken_on": "2999-01-01"}, "à venir"),
    ],
)
def test_errors_are_said_at_the_field_and_keep_what_was_typed(browser, record_path, wrong, said):
    answer = browser.post(
        f"{record_path}ajouter/{mark('observation')}/",
        {"label": "TSH", "value": "2,1", "unit": "mUI/L", **wrong},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and 'value="mUI/L"' in page


def test_a_correction_shows_the_value_with_its_comma_and_keeps_the_code(browser, cabinet, patient, add):
    entry = add("observation", Observation(label="HbA1c", value=7.4, unit="%", loinc="4548-4"))
    path = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    assert 'value="7,4"' in browser.get(path).content.decode()
    given = {
        "label": "HbA1c",
        "value": "7,1",
        "unit": "%",
        "loinc": "4548-4",
        "version": "1",
        "why": "faute de frappe",
    }
    assert browser.post(path, given).status_code == 302
    assert (
        kept(cabinet, patient)[0].content.loinc == "4548-4" and kept(cabinet, patient)[0].content.value == 7.1
    )


def test_a_measure_can_be_corrected(browser, cabinet, patient, add):
    from serment.record.kinds.measure import MeasureSet

    entry = add("measure", MeasureSet(values={"weight": 7.25, "systolic": 140, "diastolic": 80}))
    path = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    assert 'value="140"' in browser.get(path).content.decode()
    given = {"m_weight": "72,5", "m_systolic": "140", "m_diastolic": "80", "version": "1", "why": "virgule"}
    assert browser.post(path, given).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        kept = selectors.last_content(keyring=keyring, patient_id=patient.pk, kind="measure")
    assert kept.values["weight"] == 72.5


def test_bounds_are_in_order_and_a_value_is_a_number():
    for wrong in ({"low": 6, "high": 4}, {"value": float("nan")}, {"value": float("inf")}):
        with pytest.raises(ValidationError):
            Observation(**{"label": "TSH", "value": 2, **wrong})


def test_every_quantity_offered_is_named_once():
    codes = [item.loinc for item in observables.known()]
    assert len(set(codes)) == len(codes) > 15
    assert observables.search("") == [] and observables.search("bilan lip") and not observables.search("xyz")


def loinc_of(cabinet, patient):
    return [(item.content.label, item.content.loinc, item.content.unit) for item in kept(cabinet, patient)]


def test_any_loinc_code_is_taken_its_check_digit_verified(browser, cabinet, patient, record_path):
    address = f"{record_path}ajouter/{mark('observation')}/"
    given = {"label": "Vitamine B12", "value": "310", "unit": "ng/L", "loinc": "2132-9"}
    for wrong, said in (
        ({"loinc": "2132-8"}, "clé de ce code LOINC"),
        ({"loinc": "B12"}, "comme 4548-4"),
        ({"unit": "truc"}, "UCUM"),
    ):
        answer = browser.post(address, {**given, **wrong, "confirm_unusual": "1"})
        page = answer.content.decode()
        tag = page.partition(f'name="{next(iter(wrong))}"')[2].partition(">")[0]
        assert answer.status_code == 422 and said in page and 'aria-invalid="true"' in tag, wrong
    assert browser.post(address, given).status_code == 302
    assert loinc_of(cabinet, patient) == [("Vitamine B12", "2132-9", "ng/L")]


def test_the_code_of_another_quantity_is_asked_about(browser, cabinet, patient, record_path):
    address = f"{record_path}ajouter/{mark('observation')}/"
    given = {"label": "Natrémie", "value": "4,1", "unit": "mmol/L", "loinc": "2823-3"}
    answer = browser.post(address, given)
    assert answer.status_code == 422 and "est «\u00a0Potassium\u00a0»" in answer.content.decode()


def test_a_code_does_not_follow_another_name(browser, cabinet, patient, add):
    entry = add("observation", Observation(label="Sodium", value=4, unit="mmol/L", loinc="2951-2"))
    given = {
        "label": "Potassium",
        "value": "4",
        "unit": "mmol/L",
        "loinc": "2951-2",
        "version": "1",
        "why": "erreur",
    }
    assert browser.post(f"/dossier/elements/{encode(entry.pk)}/corriger/", given).status_code == 302
    assert loinc_of(cabinet, patient) == [("Potassium", "2823-3", "mmol/L")]


@pytest.mark.parametrize(
    "typed",
    "microalb|vit d|bnp|ntprobnp|lithi|perimetre abdo|crp|tsh|ferritine|psa|inr|hba1c|debit expi|t4|poids".split(
        "|"
    ),
)
def test_the_frequent_ones_are_offered(typed):
    assert observables.search(typed)


def test_every_code_listed_has_its_check_digit():
    from serment.formats.loinc import parse_loinc

    assert all(parse_loinc(item.loinc) == item.loinc for item in observables.known())


@pytest.mark.parametrize(
    ("typed", "measure", "value"),
    [
        ({"label": "Poids", "value": "3,42", "unit": "kg"}, "weight", 3.42),
        ({"label": "poids de naissance", "value": "3420", "unit": "g"}, "weight", 3.42),
        ({"label": "Taille", "value": "50"}, "height", 50),
        ({"label": "périmètre crânien", "value": "35", "unit": "cm"}, "head", 35),
    ],
)
def test_growth_of_a_past_date_noted_as_a_number_joins_the_curve(cabinet, browser, typed, measure, value):
    from datetime import date, timedelta

    from serment.record import tracks

    born = date.today() - timedelta(days=400)
    child = cabinet.patient(birth_family_name="Petit", birth_date=born)
    given = {**typed, "taken_on": (born + timedelta(days=1)).isoformat(), "confirm_unusual": "1"}
    base = f"/patients/{encode(child.pk)}/dossier/"
    assert browser.post(f"{base}ajouter/{mark('observation')}/", given).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        (track,) = tracks.of_patient(keyring=keyring, patient_id=child.pk).all
    ((when, number),) = track.points
    assert (track.measure, number, when.date()) == (measure, value, born + timedelta(days=1))
    assert "percentile (OMS)" in browser.get(f"{base}mesures/").content.decode()
