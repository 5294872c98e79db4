"""What an ordonnance knows of the kidney: the newest value, whoever measured it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.prescribing.body import known_body
from serment.record import services as record
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.observation import Observation
from serment.record.kinds.result import Result, ResultValue
from tests.prescribing.test_treatments import page_of, patient  # noqa: F401

TODAY = timezone.localdate()


def creatinine(value, unit, loinc, days=0, **more):
    day = TODAY - timedelta(days=days)
    values = [ResultValue(label="Créatinine", value=str(value), unit=unit, loinc=loinc, **more)]
    return record.NewEntry("result", Result(laboratory="Laboratoire fictif", made_on=day, values=values))


@pytest.fixture
def known(cabinet, patient):  # noqa: F811
    def made(*entries):
        with cabinet.at_work(cabinet.doctor) as keyring:
            record.add_entries(
                keyring=keyring,
                author=cabinet.doctor,
                patient_id=patient.pk,
                entries=[record.NewEntry("measure", MeasureSet(values={"weight": 60.0})), *entries],
            )
            return known_body(keyring=keyring, patient_id=patient.pk)

    return made


@pytest.mark.parametrize(("value", "unit", "loinc"), [(150, "µmol/L", "14682-9"), (17, "mg/L", "2160-0")])
def test_a_creatinine_of_the_laboratory_is_worked_out_in_any_unit(known, value, unit, loinc):
    body = known(creatinine(value, unit, loinc))
    assert body.clearance and 15 < body.clearance < 60
    assert body.kidney == f"Cockcroft, d’après la créatinine du {TODAY:%d/%m/%Y}."


def test_what_was_measured_last_speaks(known):
    noted = Observation(
        label="Clairance", value=95, unit="mL/min", loinc="35591-7", taken_on=TODAY - timedelta(days=200)
    )
    old, new = (
        known(record.NewEntry("observation", noted)),
        known(creatinine(200, "µmol/L", "14682-9", days=2)),
    )
    assert old.clearance == 95 and new.clearance and new.clearance < 50


@pytest.mark.parametrize(
    "entry",
    [
        creatinine(150, "µmol/L", "14682-9", days=400),
        creatinine(150, "µmol/L", "14682-9", fate="removed"),
        creatinine(9, "mmol/24h", "14683-7"),
    ],
    ids=["too old", "withdrawn", "of the urine"],
)
def test_what_says_nothing_of_today_is_left_out(known, entry):
    assert known(entry).clearance is None


def test_the_page_says_where_it_comes_from(cabinet, patient, known):  # noqa: F811
    known(creatinine(150, "µmol/L", "14682-9"))
    page = cabinet.client(cabinet.doctor).get(page_of(patient)).content.decode()
    assert "Cockcroft, d’après la créatinine du" in page
