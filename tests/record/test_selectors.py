"""Reading: constant queries whatever the length, nothing lost between pages, nothing without keys (R6.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.record import selectors, services, tracks
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.treatment import Treatment
from serment.record.models import Entry
from serment.vault import crypto
from serment.vault.keyring import NoKey


def fill(cabinet, patient, number: int, **more) -> None:
    with cabinet.at_work(cabinet.doctor) as keyring:
        new = [services.NewEntry("consultation", Consultation(reason=f"n° {i}")) for i in range(number)]
        services.add_entries(
            keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new, **more
        )


def test_queries_do_not_grow_with_the_record(cabinet, patient, add, record_path):
    client = cabinet.client(cabinet.doctor)

    def count() -> tuple[int, int]:
        with cabinet.at_work(cabinet.doctor) as keyring, CaptureQueriesContext(connection) as seen:
            selectors.summary(keyring=keyring, patient_id=patient.pk)
        with CaptureQueriesContext(connection) as page:
            assert client.get(record_path).status_code == 200
        return len(seen), len(page)

    add("allergy", Allergy(substance="Pénicilline"))
    add("measure", MeasureSet(values={"weight": 70}))
    fill(cabinet, patient, 18)
    client.get(record_path)
    few = count()
    fill(cabinet, patient, 1980)
    assert Entry.unscoped.count() == 2000
    assert count() == few and few[0] <= 4


def test_pages_of_the_timeline_lose_and_repeat_nothing(cabinet, patient, add):
    """Entries signed together share their moment: a page may end in the middle of them."""
    fill(cabinet, patient, 7)
    fill(cabinet, patient, 6, occurred_at=timezone.now() - timedelta(days=1))
    seen, cursor = [], None
    with cabinet.at_work(cabinet.doctor) as keyring:
        for _ in range(9):
            page = selectors.timeline(keyring=keyring, patient_id=patient.pk, before=cursor, limit=4)
            seen += [item.id for item in page.items]
            if page.after is None:
                break
            cursor = selectors.Cursor.parse(page.after.text)
    wanted = Entry.unscoped.order_by("-occurred_at", "-pk").values_list("pk", flat=True)
    assert seen == list(wanted) and len(seen) == 13


@pytest.mark.parametrize("text", ["", "~", "demain~0000000000000", "2026-01-01~0000000000000", "x" * 50])
def test_a_cursor_that_was_not_made_here_is_ignored(text):
    assert selectors.Cursor.parse(text) is None


def test_a_filter_keeps_its_kinds_only(cabinet, patient, add):
    add("allergy", Allergy(substance="Pénicilline"))
    add("measure", MeasureSet(values={"weight": 70}))
    add()
    with cabinet.at_work(cabinet.doctor) as keyring:
        page = selectors.timeline(keyring=keyring, patient_id=patient.pk, kinds=["allergy", "measure"])
    assert {item.kind.code for item in page.items} == {"allergy", "measure"}
    assert list(page.authors.values()) == [cabinet.doctor.display_name]


def test_the_summary_says_where_each_measure_goes(cabinet, patient, add):
    now = timezone.now()
    for days, values in (
        (9, {"weight": 70, "spo2": 98}),
        (4, {"weight": 72, "spo2": 98}),
        (1, {"glucose": 1.1}),
    ):
        add("measure", MeasureSet(values=values), occurred_at=now - timedelta(days=days))
    add("treatment", Treatment(label="Metformine", status="stopped"))
    with cabinet.at_work(cabinet.doctor) as keyring:
        summary = selectors.summary(keyring=keyring, patient_id=patient.pk)
    assert {last.code: (last.way, last.arrow) for last in summary.measures} == {
        "weight": ("up", "↗"),
        "spo2": ("same", "→"),
        "glucose": ("", ""),
    }
    assert not summary.treatments


def test_a_consultation_in_error_is_not_in_the_summary(cabinet, patient, add):
    entry = add("consultation", Consultation(reason="toux"))
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.mark_in_error(keyring=keyring, author=cabinet.doctor, entry_id=entry.pk, reason="doublon")
        assert not selectors.summary(keyring=keyring, patient_id=patient.pk).consultations


def test_who_holds_no_care_key_opens_nothing(cabinet, patient, add):
    """Whatever a view allows: these calls have no view in front of them."""
    entry = add("allergy", Allergy(substance="Pénicilline"))
    for person in (cabinet.secretary, cabinet.outsider, cabinet.technician, cabinet.manager):
        with cabinet.at_work(person) as keyring:
            for call in (
                selectors.summary,
                selectors.timeline,
                selectors.allergies,
                selectors.problems,
                tracks.of_patient,
            ):
                with pytest.raises(NoKey):
                    call(keyring=keyring, patient_id=patient.pk)
            with pytest.raises(NoKey):
                selectors.one(keyring=keyring, entry=entry)


def test_a_payload_moved_to_another_entry_or_patient_does_not_open(cabinet, patient, add):
    one, two = add(), add()
    Entry.unscoped.filter(pk=two.pk).update(payload=bytes(one.payload))
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(crypto.CannotOpen):
        selectors.summary(keyring=keyring, patient_id=patient.pk)
    other = cabinet.patient(birth_family_name="Autre")
    Entry.unscoped.filter(pk=one.pk).update(patient_id=other.pk)
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(crypto.CannotOpen):
        selectors.summary(keyring=keyring, patient_id=other.pk)
