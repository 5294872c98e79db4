"""One quantity, one curve, whatever the laboratory's format; two specimens or two units, two curves."""

from __future__ import annotations

from datetime import date

import pytest

from serment.formats import hl7, hprim
from serment.record import tracks
from serment.record.analytes import key_of
from serment.record.formula_forms import KidneyForm
from serment.record.kinds.result import Result, ResultValue
from serment.results.services import content
from tests.formats.test_labs import HPRIM

HPRIM_KIDNEY = HPRIM.replace(
    "RES|Hémoglobine|HGB|A|10,2|g/dL|12,0|16,0|L", "RES|CREATININE|CREA|N|88|µmol/L|50|100|N"
)
HL7_KIDNEY = (
    "MSH|^~\\&|SIL|Labo|||202603051000||ORU^R01|1|P|2.5\rPID|1||1||X^Y||19840517|F\r"
    "OBR|1||R||||20260305\rOBX|1|NM|14682-9^Créatinine^LN||91|umol/L|50-100|N|||F\r"
)


@pytest.mark.parametrize(
    ("label", "unit", "name"),
    [
        ("Créatinine", "umol/L", "14682-9"),
        ("CREATININE PLASMATIQUE", "µmol/L", "14682-9"),
        ("Créatinine (sérum)", "µmol/l", "14682-9"),
        ("Créatinine", "mg/L", "2160-0"),
        ("HbA1c", "%", "4548-4"),
        ("CRP", "mg/L", "1988-5"),
        ("Créatinine urinaire", "µmol/L", "creatinine urinaire"),
        ("Créatinine", "mmol/L", "creatinine"),
        ("Clairance de la créatinine", "mL/min", "35591-7"),
        ("Cholestérol", "g/L", "cholesterol"),
    ],
)
def test_words_have_a_code_where_the_unit_is_that_of_the_quantity(label, unit, name):
    assert key_of(loinc="", label=label, unit=unit)[0] == name


def test_a_specimen_that_is_not_blood_has_no_code_of_blood():
    assert key_of(loinc="", label="Sodium", unit="mmol/L", specimen="urine")[0] == "sodium urine"
    assert key_of(loinc="", label="Sodium", unit="mmol/L", specimen="unknown")[0] == "sodium"
    assert key_of(loinc="2955-3", label="Sodium", unit="mmol/L", specimen="urine")[0] == "2955-3"


def test_hprim_and_hl7_make_one_curve_that_the_kidney_form_reads(cabinet, patient, add):
    for report in (*hprim.read(HPRIM_KIDNEY.encode()), *hl7.read(HL7_KIDNEY.encode())):
        add("result", content(report))
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = tracks.of_patient(keyring=keyring, patient_id=patient.pk)
    (curve,) = [track for track in found.all if "14682-9" in track.key]
    assert (curve.unit, [value for _, value in curve.points]) == ("µmol/L", [88, 91])
    form = KidneyForm(None, known=found, age=60, sex="F")
    assert (form.initial["creatinine"], form.initial["unit"]) == (91, "µmol/L")


def test_a_message_that_speaks_of_urine_keeps_its_words(cabinet, patient, add):
    (report,) = hprim.read(HPRIM_KIDNEY.replace("Tout va bien.", "URINES DE 24 HEURES").encode())
    assert {value.specimen for value in report.values} == {"unknown"}
    urine = HL7_KIDNEY.replace("14682-9^Créatinine^LN", "CREA^Créatinine^L")
    for place in ("OBR|1||R||||20260305||||||||UR", "SPM"):
        given = (
            urine + "SPM|1|||UR^Urine\r" if place == "SPM" else urine.replace("OBR|1||R||||20260305", place)
        )
        assert hl7.read(given.encode())[0].values[0].specimen == "urine"
    blood = urine + "SPM|1|||SER^Sérum\r"
    assert hl7.read(blood.encode())[0].values[0].specimen == ""


def test_the_previous_value_is_found_across_formats(cabinet, patient, add):
    from serment.results.selectors import lines

    add("result", content(hprim.read(HPRIM_KIDNEY.encode())[0]))
    entry = add("result", content(hl7.read(HL7_KIDNEY.encode())[0]))
    with cabinet.at_work(cabinet.doctor) as keyring:
        (line,) = lines(keyring=keyring, entry=entry)
    assert line.before == "88 µmol/L le 05/01/2026" and line.way == "↗"


def test_urine_and_blood_of_one_label_are_two_curves(cabinet, patient, add):
    values = [
        ResultValue(label="Sodium", value="140", unit="mmol/L"),
        ResultValue(label="Sodium", value="60", unit="mmol/L", specimen="urine"),
    ]
    add("result", Result(made_on=date(2026, 1, 5), values=values))
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert len(tracks.of_patient(keyring=keyring, patient_id=patient.pk).all) == 2


@pytest.mark.parametrize(
    ("label", "unit", "code"),
    [
        ("HbA1c", "%", "4548-4"),
        ("HbA1c", "mmol/mol", "59261-8"),
        ("Glycémie à jeun", "mmol/L", "14771-0"),
    ],
)
def test_a_code_is_for_its_property_too(label, unit, code):
    assert key_of(loinc="", label=label, unit=unit) == (code, unit)
