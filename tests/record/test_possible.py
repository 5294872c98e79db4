"""What cannot be of this patient is refused at its field; what is odd is asked about."""

from __future__ import annotations

from datetime import date

import pytest

from serment.record.models import Entry
from serment.vault.paths import path


@pytest.fixture
def woman(cabinet):
    return cabinet.patient(birth_family_name="Née", birth_date=date(1963, 5, 4), sex="F")


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


VACCINE = {"antigen": "dtp", "given_on": "2026-01-02"}


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("vaccination", {**VACCINE, "given_on": "1700-01-01"}, "given_on"),
        ("vaccination", {**VACCINE, "next_on": "1990-01-01"}, "next_on"),
        ("vaccination", {**VACCINE, "next_on": "2026-01-02"}, "next_on"),
        ("screening", {"exam": "breast", "done_on": "1950-03-02"}, "done_on"),
        ("screening", {"exam": "breast", "done_on": "2020-03-02", "next_on": "2019-03-02"}, "next_on"),
        ("treatment", {"label": "Metformine", "status": "running", "since": "1700-01-01"}, "since"),
        ("observation", {"label": "HbA1c", "value": "7", "unit": "%", "taken_on": "1800-01-01"}, "taken_on"),
        ("problem", {"label": "Asthme", "status": "active", "since": "1700"}, "since"),
        ("problem", {"label": "Asthme", "status": "active", "since": "03/2099"}, "since"),
        ("history", {"text": "Appendicectomie", "side": "surgical", "when": "12/03/1950"}, "when"),
        ("pregnancy", {"lmp": "1950-01-01", "fetuses": "1", "status": "ongoing"}, "lmp"),
    ],
)
def test_a_date_that_cannot_be_hers_is_refused_at_its_field(doctor, woman, kind, data, field):
    answer = doctor.post(path("record:add", woman.pk, kind), {**data, "confirm_unusual": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    tag = page.partition(f'name="{field}"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in tag, page.partition(f'name="{field}"')[2][:300]
    assert str(next(iter(data.values()))) in page, "what was typed is kept"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("vaccination", {**VACCINE, "given_on": "1963-05-04", "next_on": "2036-01-02"}),
        ("history", {"text": "Cancer du sein", "side": "family", "relative": "grand-mère", "when": "1950"}),
        ("problem", {"label": "Asthme", "status": "active", "since": "enfance"}),
        ("problem", {"label": "Asthme", "status": "active", "since": "1963"}),
    ],
)
def test_what_can_be_is_written(doctor, woman, kind, data):
    assert doctor.post(path("record:add", woman.pk, kind), data).status_code == 302


def test_a_document_may_be_of_before_the_birth_by_a_pregnancy_not_more(doctor, woman):
    given = {"title": "Compte rendu", "kind": "other", "source": "le patient", "typed": "Texte"}
    address = path("record:add_document", woman.pk)
    refused = doctor.post(address, {**given, "dated": "1961-01-01"})
    assert refused.status_code == 422 and "trop ancienne" in refused.content.decode()
    assert doctor.post(address, {**given, "dated": "1963-01-01"}).status_code == 302


def test_a_correction_is_held_to_the_same(doctor, cabinet, woman):
    doctor.post(path("record:add", woman.pk, "vaccination"), VACCINE)
    with cabinet.at_work(cabinet.doctor):
        entry = Entry.objects.get(kind="vaccination")
    given = {**VACCINE, "given_on": "1700-01-01", "version": "1", "why": "date"}
    assert doctor.post(path("record:correct", entry.pk), given).status_code == 422


@pytest.mark.parametrize(
    ("creatinine", "unit", "asks"),
    [
        ("9", "µmol/L", True),
        ("9", "mg/L", False),
        ("90", "mg/L", True),
        ("350", "mg/L", True),
        ("90", "µmol/L", False),
    ],
)
def test_a_creatinine_in_the_wrong_unit_is_asked_about(doctor, cabinet, woman, creatinine, unit, asks):
    address = path("record:kidney", woman.pk)
    given = {"creatinine": creatinine, "unit": unit, "weight": "70"}
    answer = doctor.post(address, given)
    page = answer.content.decode()
    assert ("l’unité est-elle la bonne" in page) is asks
    assert answer.status_code == (422 if asks else 200)
    assert ("mL/min" in page) is not asks, "nothing is computed before it is confirmed"
    sure = doctor.post(address, {**given, "confirm_unusual": "1"}).content.decode()
    assert "mL/min" in sure and ('name="confirm_unusual" value="1" checked' in sure) is asks


@pytest.mark.parametrize(
    ("total", "hdl", "unit", "asks"),
    [
        ("5,2", "1,3", "g/L", True),
        ("2,1", "0,5", "mmol/L", True),
        ("2,1", "0,5", "g/L", False),
        ("5,4", "1,3", "mmol/L", False),
    ],
)
def test_lipids_in_the_wrong_unit_too(doctor, woman, total, hdl, unit, asks):
    given = {"systolic": "140", "cholesterol": total, "hdl": hdl, "unit": unit, "smoker": "no"}
    answer = doctor.post(path("record:risk", woman.pk), given)
    assert ("l’unité est-elle la bonne" in answer.content.decode()) is asks


@pytest.mark.parametrize(
    ("gravidity", "parity", "status"),
    [("1", "5", 422), ("1", "1", 422), ("0", "0", 422), ("2", "1", 302), ("1", "0", 302), ("", "2", 302)],
)
def test_parity_is_under_gravidity(doctor, cabinet, gravidity, parity, status):
    mother = cabinet.patient(birth_family_name="Mère", birth_date=date(1995, 1, 1), sex="F")
    from django.utils import timezone

    lmp = timezone.localdate().replace(day=1).isoformat()
    given = {"lmp": lmp, "fetuses": "1", "gravidity": gravidity, "parity": parity, "status": "ongoing"}
    assert doctor.post(path("record:add", mother.pk, "pregnancy"), given).status_code == status
