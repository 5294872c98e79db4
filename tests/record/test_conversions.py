"""One curve for a quantity that two units say; a unit that nothing converts keeps its own."""

from __future__ import annotations

from datetime import date

import pytest

from serment.record import conversions, tracks
from serment.record.formula_forms import KidneyForm
from serment.record.kinds.observation import Observation
from serment.record.kinds.result import Result, ResultValue
from serment.vault.ids import encode


def result(day: date, label: str, value: str, unit: str, **more) -> Result:
    return Result(
        laboratory="Labo", made_on=day, values=[ResultValue(label=label, value=value, unit=unit, **more)]
    )


@pytest.fixture
def curves(cabinet, patient):
    def read():
        with cabinet.at_work(cabinet.doctor) as keyring:
            return tracks.of_patient(keyring=keyring, patient_id=patient.pk)

    return read


def test_creatinine_in_two_units_is_one_curve_that_keeps_what_was_received(add, cabinet, patient, curves):
    add("result", result(date(2026, 1, 5), "Créatinine", "9.1", "mg/L"))
    add("result", result(date(2026, 3, 5), "Créatinine", "85", "µmol/L", low=45, high=84))
    found = curves()
    (track,) = found.all
    assert (track.key, track.unit) == (("14682-9", "µmol/L"), "µmol/L")
    assert [value for _, value in track.points] == [80.4, 85]
    page = cabinet.client(cabinet.doctor).get(f"/patients/{encode(patient.pk)}/dossier/mesures/")
    assert "80,4\u00a0µmol/L (reçu\u00a0: 9,1\u00a0mg/L)" in page.content.decode()
    form = KidneyForm(None, known=found, age=60, sex="F")
    assert (form.initial["creatinine"], form.initial["unit"]) == (85, "µmol/L")


def test_the_unit_is_that_of_the_newest_value(add, curves):
    add("result", result(date(2026, 1, 5), "Créatinine", "85", "µmol/L"))
    add("result", result(date(2026, 3, 5), "Créatinine", "9.1", "mg/L"))
    (track,) = curves().all
    assert track.unit == "mg/L" and [value for _, value in track.points] == [9.62, 9.1]


def test_bounds_come_with_the_value_they_were_given_with(add, curves):
    add("result", result(date(2026, 1, 5), "Créatinine", "12", "mg/L", low=6, high=9))
    add("result", result(date(2026, 3, 5), "Créatinine", "85", "µmol/L"))
    (track,) = curves().all
    assert (track.low, track.high) == (53, 79.6)


def test_the_value_before_is_said_in_both_units(cabinet):
    from serment.results import services
    from serment.results.models import Incoming
    from tests.results.test_corrections import message

    patient = cabinet.patient()
    first = message("9.1", taken="20260105", code="2160-0").replace(b"|%|4-6", b"|mg/L|")
    second = message("85", taken="20260305", code="14682-9", reference="R2").replace(b"|%|4-6", b"|umol/L|")
    with cabinet.at_work(cabinet.doctor) as keyring:
        for raw in (first, second):
            services.receive(keyring=keyring, author=cabinet.doctor, raw=raw)
        rows = list(Incoming.objects.order_by("pk"))
        for row in rows:
            services.file(keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient.pk)
    page = cabinet.client(cabinet.doctor).get(f"/resultats/{encode(rows[1].pk)}/lire/").content.decode()
    assert "9,1 mg/L (soit 80,4 µmol/L) le 05/01/2026" in page and "↗" in page


def test_what_was_noted_by_hand_joins_too(add, curves):
    add("result", result(date(2026, 1, 5), "Hémoglobine", "102", "g/L", loinc="718-7"))
    add(
        "observation",
        Observation(label="Hémoglobine", loinc="718-7", value=12.1, unit="g/dL", taken_on=date(2026, 2, 5)),
    )
    (track,) = curves().all
    assert [value for _, value in track.points] == [10.2, 12.1]


def test_a_conversion_that_is_not_sure_says_so(add, cabinet, patient):
    add("result", result(date(2026, 1, 5), "HbA1c", "54", "mmol/mol", loinc="59261-8"))
    add("result", result(date(2026, 3, 5), "HbA1c", "7.4", "%", loinc="4548-4"))
    page = cabinet.client(cabinet.doctor).get(f"/patients/{encode(patient.pk)}/dossier/mesures/")
    assert "7,09\u00a0% (reçu\u00a0: 54\u00a0mmol/mol, à vérifier)" in page.content.decode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Créatinine", "85", "µmol/L", {}), ("Créatinine", "8", "mmol/L", {})),
        (("Créatinine", "85", "µmol/L", {}), ("Créatinine", "9", "mg/L", {"specimen": "urine"})),
        (("Créatinine", "85", "µmol/L", {}), ("Créatinine", "900", "mg/L", {"specimen": "unknown"})),
        (("Glucose", "1", "g/L", {}), ("Glycémie à jeun", "5.5", "mmol/L", {})),
        (("Ferritine", "50", "µg/L", {}), ("Ferritine", "50", "unités", {})),
    ],
)
def test_what_is_not_the_same_stays_apart(add, curves, one, other):
    for label, value, unit, more in (one, other):
        add("result", result(date(2026, 1, 5), label, value, unit, **more))
    assert len(curves().all) == 2


@pytest.mark.parametrize(
    ("code", "value", "unit", "to", "number"),
    [
        ("14682-9", 100, "µmol/L", "mg/L", 11.3),
        ("2160-0", 1, "mg/dL", "µmol/L", 88.4),
        ("2345-7", 1, "g/L", "mmol/L", 5.55),
        ("2093-3", 2, "g/L", "mmol/L", 5.17),
        ("2571-8", 1.5, "g/L", "mmol/L", 1.69),
        ("14933-6", 60, "mg/L", "µmol/L", 357),
        ("22664-7", 5, "mmol/L", "g/L", 0.3),
        ("2000-8", 2.4, "mmol/L", "mg/L", 96.2),
        ("718-7", 10.2, "g/dL", "g/L", 102),
        ("4548-4", 7, "%", "mmol/mol", 53),
        ("14682-9", 0, "mg/L", "µmol/L", 0),
    ],
)
def test_the_usual_factors(code, value, unit, to, number):
    assert conversions.convert(value, (code, unit), to) == number


def test_a_unit_that_is_not_listed_converts_to_nothing():
    with pytest.raises(KeyError):
        conversions.convert(1, ("14682-9", "mmol/L"), "µmol/L")
