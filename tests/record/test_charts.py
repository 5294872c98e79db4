"""Trends: whoever measured, one curve; what ran meanwhile beneath; a child's points by age; several compared."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from serment.record import charts, services, tracks
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.observation import Observation
from serment.record.kinds.result import Result, ResultValue
from serment.record.kinds.treatment import Treatment
from serment.record.tracks import Course, Track

NOW = timezone.make_aware(datetime(2026, 11, 20, 10))
OLDER = NOW - timedelta(days=40)


def track(key, label, unit, *points, **more):
    return Track((key, unit), label, unit, list(points), **more)


def found_of(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return tracks.of_patient(keyring=keyring, patient_id=patient.pk)


def test_both_pressures_are_on_one_chart_with_a_table():
    drawn = charts.of_all(
        [
            track("weight", "Poids", "kg", (NOW, 70)),
            track("systolic", "Tension systolique", "mmHg", (OLDER, 130), (NOW, 128)),
            track("diastolic", "Tension diastolique", "mmHg", (NOW, 80)),
        ],
        [],
    )
    assert [chart.title for chart in drawn] == ["Poids", "Tension artérielle"]
    assert drawn[1].rows == [(NOW, ["128\u00a0mmHg", "80\u00a0mmHg"]), (OLDER, ["130\u00a0mmHg", "–"])]
    assert len(drawn[1].data["series"]) == 2


def test_a_laboratorys_value_and_a_noted_one_are_one_curve_with_its_bounds(cabinet, patient, add):
    value = ResultValue(label="HbA1c", value="7.4", unit="%", low=4, high=6, loinc="4548-4")
    words = ResultValue(label="Culture", value="négative")
    add("result", Result(laboratory="Labo", made_on=date(2026, 3, 2), values=[value, words]))
    add(
        "observation",
        Observation(label="HbA1c", value=6.9, unit="%", loinc="4548-4", taken_on=date(2026, 6, 2)),
    )
    add("measure", MeasureSet(values={"weight": 84}))
    add(
        "observation",
        Observation(label="Poids", value=82.5, unit="kg", loinc="29463-7", taken_on=date(2026, 1, 5)),
    )
    found = found_of(cabinet, patient)
    assert [(t.label, [v for _, v in t.points]) for t in found.all] == [
        ("Poids", [82.5, 84]),
        ("HbA1c", [7.4, 6.9]),
    ]
    assert found.last("4548-4")[1] == 6.9 and found.last("718-7") is None
    chart = charts.of_all(found.all, found.courses)[1]
    assert chart.rows[0][1] == ["6,9\u00a0% – haut"] and chart.data["range"] == [4, 6]


def test_a_unit_that_nothing_converts_is_a_curve_of_its_own(cabinet, patient, add):
    add("observation", Observation(label="Créatinine", value=90, unit="µmol/L"))
    add("observation", Observation(label="Créatinine", value=10.2, unit="mmol/L"))
    assert {t.unit for t in found_of(cabinet, patient).all} == {"mmol/L", "µmol/L"}


def test_what_is_in_error_is_on_no_curve(cabinet, patient, add):
    entry = add("observation", Observation(label="TSH", value=2.1))
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.mark_in_error(
            keyring=keyring, author=cabinet.doctor, entry_id=entry.pk, reason="autre patient"
        )
    assert found_of(cabinet, patient).all == []


def test_treatments_are_bars_and_a_stopped_one_ends(cabinet, patient, add):
    add("treatment", Treatment(label="Ramipril", since=date(2025, 1, 1)))
    add(
        "treatment",
        Treatment(label="Amlodipine", since=date(2024, 1, 1), status="stopped", until=date(2025, 3, 1)),
    )
    assert set(found_of(cabinet, patient).courses) == {
        Course("Ramipril", date(2025, 1, 1), None),
        Course("Amlodipine", date(2024, 1, 1), date(2025, 3, 1)),
    }


def test_a_renewed_ordonnance_is_one_bar():
    def course(start, end):
        return Course("Metformine 500 mg", start, end)

    assert tracks.merged(
        [
            course(date(2026, 4, 3), date(2026, 7, 1)),
            course(date(2026, 1, 1), date(2026, 3, 31)),
            course(date(2026, 10, 1), None),
        ]
    ) == [course(date(2026, 1, 1), date(2026, 7, 1)), course(date(2026, 10, 1), None)]


def test_what_was_noted_once_is_said_and_not_drawn(cabinet, add, record_path):
    add("measure", MeasureSet(values={"temperature": 38.4}))
    page = cabinet.client(cabinet.doctor).get(record_path + "mesures/").content.decode()
    assert "Notées une seule fois" in page and "38,4\u00a0°C" in page and "data-chart" not in page


def test_bars_outside_the_time_drawn_are_left_out():
    old = Course("Ancien", date(2020, 1, 1), date(2021, 1, 1))
    now = Course("Actuel", date(2026, 1, 1), None)
    (chart,) = charts.of_all([track("weight", "Poids", "kg", (OLDER, 71), (NOW, 70))], [old, now])
    assert [bar["label"] for bar in chart.data["bars"]] == ["Actuel"]


def test_a_childs_points_are_by_age_on_five_quiet_curves():
    born = date(2025, 11, 20)
    (chart,) = charts.of_all([track("weight", "Poids", "kg", (OLDER, 8.9), (NOW, 9.6))], [], ("M", born))
    own, *reference = chart.data["series"]
    assert chart.data["axis"] == "age" and chart.data["span"] == [0, 12]
    assert [round(months) for months, _ in own["points"]] == [11, 12] and "reference" not in own
    assert [curve["tag"] for curve in reference] == ["3", "15", "50", "85", "97"]
    assert "percentile" in chart.note


def test_an_age_without_a_standard_says_so():
    born = date(2012, 1, 1)
    (chart,) = charts.of_all([track("head", "Périmètre crânien", "cm", (NOW, 55))], [], ("F", born))
    assert len(chart.data["series"]) == 6 and "hors de leurs âges" in chart.note


def test_two_units_at_most_are_compared(cabinet, patient, add, record_path):
    values = {"weight": 84, "systolic": 140, "diastolic": 80, "temperature": 37}
    for days in (9, 1):
        add("measure", MeasureSet(values=values), occurred_at=timezone.now() - timedelta(days=days))
    browser = cabinet.client(cabinet.doctor)
    path = record_path + "mesures/comparer/"
    assert "Comparer des grandeurs" in browser.get(record_path + "mesures/").content.decode()
    good = browser.post(path, {"grandeur": ["0", "1"]}, headers={"HX-Request": "true"}).content.decode()
    assert "data-chart" in good and "Poids · Tension systolique" in good
    many = browser.post(path, {"grandeur": ["0", "1", "3"]}).content.decode()
    assert "Deux unités au plus" in many
    for nothing in ([], ["0"], ["999"], ["x", "-1", "²"]):
        assert "au moins deux" in browser.post(path, {"grandeur": nothing}).content.decode()
    assert browser.get(path).status_code == 405


@pytest.mark.parametrize("count", [3, 60])
def test_trends_cost_the_same_however_much_there_is(
    cabinet, patient, add, record_path, django_assert_max_num_queries, count
):
    for number in range(count):
        add("observation", Observation(label=f"Valeur {number % 7}", value=number))
    with cabinet.at_work(cabinet.doctor) as keyring, django_assert_max_num_queries(2):
        tracks.of_patient(keyring=keyring, patient_id=patient.pk)


def test_a_treatment_stopped_without_a_date_ends_when_it_was_written(cabinet, patient, add):
    entry = add("treatment", Treatment(label="Ramipril", since=date(2025, 1, 1)))
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.correct_entry(
            keyring=keyring,
            author=cabinet.doctor,
            entry_id=entry.pk,
            version=1,
            payload=Treatment(label="Ramipril", since=date(2025, 1, 1), status="stopped"),
            reason="arrêt par le cardiologue",
        )
    assert found_of(cabinet, patient).courses == [Course("Ramipril", date(2025, 1, 1), timezone.localdate())]


def test_a_treatment_noted_as_stopped_long_ago_does_not_run_to_today(cabinet, patient, add):
    then = timezone.now() - timedelta(days=200)
    add("treatment", Treatment(label="Ramipril", since=date(2025, 1, 1), status="stopped"), occurred_at=then)
    (course,) = found_of(cabinet, patient).courses
    assert course.end == timezone.localdate(then)
