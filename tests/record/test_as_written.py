"""Measures as people write them: read, shown as they were read, asked about where it took a reading."""

from __future__ import annotations

import pytest

from serment.record import selectors
from serment.record.measure_fields import MeasureHints
from serment.vault.paths import path


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def values(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = selectors.last_content(keyring=keyring, patient_id=patient.pk, kind="measure")
    return found.values if found else {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"m_systolic": "140/90"}, {"systolic": 140, "diastolic": 90}),
        ({"m_systolic": "140 / 90 mmHg"}, {"systolic": 140, "diastolic": 90}),
        ({"m_temperature": "37°5"}, {"temperature": 37.5}),
        ({"m_temperature": "38°"}, {"temperature": 38}),
        ({"m_temperature": "37,5 °C"}, {"temperature": 37.5}),
    ],
)
def test_what_reads_one_way_is_written(doctor, cabinet, patient, typed, kept):
    assert doctor.post(path("record:add", patient.pk, "measure"), typed).status_code == 302
    assert values(cabinet, patient) == kept


@pytest.mark.parametrize(
    ("typed", "asked", "kept"),
    [
        ({"m_systolic": "14/9"}, "lu 140/90\u00a0mmHg", {"systolic": 140, "diastolic": 90}),
        ({"m_systolic": "13,5/8"}, "lu 135/80\u00a0mmHg", {"systolic": 135, "diastolic": 80}),
        (
            {"m_systolic": "13", "m_diastolic": "8"},
            "lu 130/80\u00a0mmHg",
            {"systolic": 130, "diastolic": 80},
        ),
        ({"m_height": "1m75"}, "lu 175\u00a0cm", {"height": 175}),
        ({"m_height": "1,75"}, "lu 175\u00a0cm", {"height": 175}),
        ({"m_height": "0,8"}, "lu 80\u00a0cm", {"height": 80}),
    ],
)
def test_what_was_interpreted_is_asked_about_and_never_silently_converted(
    doctor, cabinet, patient, typed, asked, kept
):
    address = path("record:add", patient.pk, "measure")
    answer = doctor.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and asked in page and values(cabinet, patient) == {}
    assert all(f'value="{text}"' in page for text in typed.values()), "what was typed is kept"
    assert doctor.post(address, {**typed, "confirm_unusual": "1"}).status_code == 302
    assert values(cabinet, patient) == kept


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"m_systolic": "140/90", "m_diastolic": "80"}, "m_systolic"),
        ({"m_systolic": "90/140"}, "m_diastolic"),
        ({"m_systolic": "14"}, "m_systolic"),
        ({"m_systolic": "140", "m_diastolic": "9"}, "m_diastolic"),
        ({"m_weight": "72/3"}, "m_weight"),
        ({"m_height": "3m20"}, "m_height"),
    ],
)
def test_what_does_not_read_is_refused_at_its_field(doctor, patient, typed, field):
    answer = doctor.post(path("record:add", patient.pk, "measure"), {**typed, "confirm_unusual": "1"})
    tag = answer.content.decode().partition(f'name="{field}"')[2].partition(">")[0]
    assert answer.status_code == 422 and 'aria-invalid="true"' in tag


def test_it_is_said_while_one_types():
    assert (
        "À vérifier – Tension\u00a0: «\u00a014/9\u00a0» lu 140/90\u00a0mmHg"
        in MeasureHints({"m_systolic": "14/9"}).phrases()
    )
