"""A result stands in the timeline when it was taken, as one card with its original; its page says who saw it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from serment.privacy import copy
from serment.record.models import Entry
from serment.record.moments import has_hour
from serment.record.selectors import timeline
from serment.results import selectors, services
from serment.results.models import Incoming
from serment.vault.ids import encode
from serment.vault.paths import path
from tests.results.test_corrections import message


@pytest.fixture
def filed(cabinet):
    """``filed(raw)`` → the row, once it is in the record of one patient."""
    patient = cabinet.patient(birth_family_name="Quilliveré")

    def put(raw, who=patient):
        with cabinet.at_work(cabinet.doctor) as keyring:
            before = set(Incoming.objects.values_list("pk", flat=True))
            services.receive(keyring=keyring, author=cabinet.doctor, raw=raw)
            (row,) = Incoming.objects.exclude(pk__in=before)
            return services.file(
                keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=who.pk
            )

    put.patient = patient
    return put


def entries(cabinet, row) -> tuple[Entry, Entry]:
    with cabinet.at_work(cabinet.doctor):
        return Entry.objects.get(pk=row.entry_id), Entry.objects.get(pk=row.original_id)


@pytest.mark.parametrize(
    ("taken", "day", "hour"),
    [
        ("202601050810", date(2026, 1, 5), time(8, 10)),
        ("20260105", date(2026, 1, 5), None),
    ],
)
def test_it_stands_when_it_was_taken_and_says_when_it_was_received(cabinet, filed, taken, day, hour):
    row = filed(message("7.4", taken=taken))
    for entry in entries(cabinet, row):
        here = timezone.localtime(entry.occurred_at)
        assert here.date() == day and has_hour(entry.occurred_at) == (hour is not None)
        assert hour is None or here.time() == hour
        assert timezone.localdate(entry.created_at) == timezone.localdate()
    today = f"{timezone.localdate():%d/%m/%Y}"
    browser, who = cabinet.client(cabinet.doctor), encode(filed.patient.pk)
    record = browser.get(f"/patients/{who}/dossier/").content.decode()
    assert "05/01/2026" in record and f"reçu le {today}" in record and f"noté le {today}" not in record
    detail = browser.get(path("record:versions", row.entry_id)).content.decode()
    assert f"reçu le {today}</span>" in detail


@pytest.mark.parametrize("taken", ["", "tomorrow"])
def test_a_moment_that_is_missing_or_to_come_is_when_it_was_filed(cabinet, filed, taken):
    if taken:
        taken = f"{timezone.localdate() + timedelta(days=2):%Y%m%d}"
    (entry, _) = entries(cabinet, filed(message("7.4", taken=taken)))
    assert timezone.now() - entry.occurred_at < timedelta(minutes=5)


def test_the_unseen_list_keeps_the_order_of_reception(cabinet, filed):
    first, second = (
        filed(message("7.4", taken="20260301")),
        filed(message("7.5", taken="20260101", reference="R2")),
    )
    with cabinet.at_work(cabinet.doctor) as keyring:
        rows = selectors.waiting(keyring=keyring, person=cabinet.doctor)
        assert [row.incoming.pk for row in rows] == [first.pk, second.pk]


def test_one_card_with_a_link_to_the_original(cabinet, filed):
    row = filed(message("7.4", taken="20260105"))
    browser, who = cabinet.client(cabinet.doctor), encode(filed.patient.pk)
    record = browser.get(f"/patients/{who}/dossier/").content.decode()
    assert "HbA1c 7,4 %" in record and "Résultat d’origine" not in record
    _, original = entries(cabinet, row)
    with cabinet.at_work(cabinet.doctor) as keyring:
        page = timeline(keyring=keyring, patient_id=filed.patient.pk)
        assert [item.kind.code for item in page.items] == ["result"]
        documents = timeline(keyring=keyring, patient_id=filed.patient.pk, kinds=("document", "letter"))
        assert [item.id for item in documents.items] == [original.pk], "asked for by itself, it is there"
    assert f'<a href="{path("record:document", original.pk)}">Original</a>' in record


def test_the_page_after_is_found_over_what_is_not_shown(cabinet, filed):
    for number in range(12):
        filed(message(f"{number + 5}.4", taken=f"202601{number + 1:02}", reference=f"R{number}"))
    seen, cursor = [], None
    with cabinet.at_work(cabinet.doctor) as keyring:
        while True:
            page = timeline(keyring=keyring, patient_id=filed.patient.pk, before=cursor)
            seen += [item.id for item in page.items]
            cursor = page.after
            if cursor is None:
                break
    assert len(seen) == len(set(seen)) == 12


def test_who_saw_it_and_when_is_on_its_page_and_on_the_copy(cabinet, filed):
    row = filed(message("7.4"))
    browser = cabinet.client(cabinet.doctor)
    detail = path("record:versions", row.entry_id)
    assert "Pas encore vu" in browser.get(detail).content.decode()
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.see(author=cabinet.doctor, incoming_id=row.pk)
        parts = dict(copy.parts_of(copy.gather(keyring=keyring, patient_id=filed.patient.pk)))
    seen = f"par {cabinet.doctor.display_name} le {timezone.localdate():%d/%m/%Y}"
    page = browser.get(detail).content.decode()
    assert seen in page and path("results:read", row.pk) in page
    assert path("record:document", row.original_id) in page
    [(_, said)] = parts["Résultats reçus"]
    assert said.startswith(f"vu {seen}")


def test_a_copy_made_before_still_reads():
    data = {"at": datetime(2026, 1, 5, tzinfo=timezone.get_default_timezone()).isoformat(), "state": "vu"}
    assert copy.received(data)[1] == "vu"
