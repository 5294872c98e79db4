"""Lifestyle and situation: one at a time, renewed, their history kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from serment.record import selectors
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.models import Entry, EntryVersion
from serment.vault.paths import path


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def standing(cabinet, patient, kind="lifestyle"):
    with cabinet.at_work(cabinet.doctor) as keyring:
        summary = selectors.summary(keyring=keyring, patient_id=patient.pk)
        return [item.content for item in summary.others if item.kind.code == kind]


def seen_of(page):
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_the_form_opens_with_what_is_known_and_a_new_one_replaces_it(doctor, cabinet, patient, add):
    add("lifestyle", Lifestyle(agreed=True, tobacco="never", diet="variée"))
    address = path("record:add", patient.pk, "lifestyle")
    page = doctor.get(address).content.decode()
    assert '<option value="never" selected>' in page and 'value="variée"' in page and "Mettre à jour" in page
    given = {"agreed": "on", "tobacco": "current", "diet": "variée", "seen": seen_of(page)}
    assert doctor.post(address, given).status_code == 302
    [now] = standing(cabinet, patient)
    assert now.tobacco == "current"
    with cabinet.at_work(cabinet.doctor):
        assert Entry.objects.get(kind="lifestyle").version == 2 and EntryVersion.objects.count() == 1
    assert doctor.post(address, given).status_code == 302, "the same again changes nothing"
    with cabinet.at_work(cabinet.doctor):
        assert Entry.objects.get(kind="lifestyle").version == 2


def test_those_that_had_piled_up_leave_the_summary_and_stay_in_the_record(doctor, cabinet, patient, add):
    add("lifestyle", Lifestyle(agreed=True, tobacco="current"))
    add("lifestyle", Lifestyle(agreed=True, tobacco="never"))
    assert len(standing(cabinet, patient)) == 2
    address = path("record:add", patient.pk, "lifestyle")
    page = doctor.get(address).content.decode()
    given = {"agreed": "on", "tobacco": "former", "seen": seen_of(page)}
    assert doctor.post(address, given).status_code == 302
    assert [content.tobacco for content in standing(cabinet, patient)] == ["former"]
    with cabinet.at_work(cabinet.doctor):
        assert Entry.objects.filter(kind="lifestyle", state="signed").count() == 2


def test_what_someone_else_wrote_meanwhile_is_not_overwritten(doctor, cabinet, patient, add):
    address = path("record:add", patient.pk, "lifestyle")
    seen = seen_of(doctor.get(address).content.decode())
    add("lifestyle", Lifestyle(agreed=True, tobacco="never"))
    answer = doctor.post(address, {"agreed": "on", "tobacco": "current", "seen": seen})
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "Quelqu’un d’autre" in page
        and '<option value="current" selected>' in page
    )
    assert [content.tobacco for content in standing(cabinet, patient)] == ["never"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("lifestyle", {"agreed": "on"}),
        ("situation", {"family": " "}),
        ("lifestyle", {"agreed": "on", "pack_years": "0"}),
    ],
)
def test_an_empty_one_is_refused(doctor, patient, kind, data):
    answer = doctor.post(path("record:add", patient.pk, kind), data)
    assert answer.status_code == 422 and "Rien n’est noté" in answer.content.decode()


def test_the_agreement_has_its_day_and_keeps_it(doctor, cabinet, patient):
    address = path("record:add", patient.pk, "lifestyle")
    today = timezone.localdate()
    page = doctor.get(address).content.decode()
    assert f'name="agreed_on" value="{today.isoformat()}"' in page
    late = doctor.post(
        address, {"agreed": "on", "tobacco": "never", "agreed_on": f"{today.year + 1}-01-01"}
    ).content.decode()
    assert "à venir" in late
    given = {"agreed": "on", "tobacco": "never", "agreed_on": "2025-05-06"}
    assert doctor.post(address, given).status_code == 302
    page = doctor.get(address).content.decode()
    assert 'name="agreed_on" value="2025-05-06"' in page
    assert (
        doctor.post(address, {"agreed": "on", "tobacco": "former", "seen": seen_of(page)}).status_code == 302
    )
    [now] = standing(cabinet, patient)
    assert now.tobacco == "former" and now.agreed_on == date(2025, 5, 6)
