"""Results: nobody is matched without a person's word, nothing is doubled, nothing is lost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serment.record.models import Entry
from serment.record.services import Refused
from serment.results import matching, services
from serment.results.models import Incoming
from serment.vault.ids import encode
from tests.world import LAB, build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_the_match_is_scored_and_a_person_decides(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = Incoming.objects.get()
        report, _ = services.opened(keyring, row)
        best = matching.matches(keyring=keyring, report=report)[0]
        assert (best.hit.id, best.score, best.why) == (patient, 100, "tous les traits concordent")
        assert Entry.objects.filter(kind="result").count() == 0, "nothing before a person's word"
        services.file(keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient)
        entry = Entry.objects.get(kind="result")
        row.refresh_from_db()
        assert (row.state, row.sealed, row.entry_id) == ("filed", None, entry.pk)
        assert Entry.objects.filter(kind="document").count() == 1, "the original is kept"
        with pytest.raises(Refused):
            services.file(keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient)


def test_the_same_file_twice_is_once(world):
    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        outcome = services.receive(keyring=keyring, author=cabinet.doctor, raw=LAB)
        assert (outcome.waiting, outcome.known) == (0, 1) and Incoming.objects.count() == 1


def test_what_does_not_read_waits_with_its_reason(world):
    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        outcome = services.receive(keyring=keyring, author=cabinet.doctor, raw=b"n'importe quoi")
        row = Incoming.objects.get(state="unreadable")
        assert outcome.unreadable == 1 and "Format non reconnu" in row.trouble
        assert services.opened(keyring, row) == (None, "n'importe quoi")


def test_the_whole_gesture_on_screen(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    patient = encode(world.sample("patient_id"))
    sent = SimpleUploadedFile("labo.hpr", LAB.replace(b"9.5", b"8.5"))
    browser.post("/resultats/", {"files": sent})
    page = browser.get("/resultats/").content.decode()
    assert page.count("à rattacher") >= 2
    address = f"/resultats/{encode(world.sample('incoming_id'))}/"
    assert "100 sur 100" in browser.get(address).content.decode()
    assert browser.post(address, {"patient": "n'importe"}).status_code == 422
    assert browser.post(address, {"patient": patient}).status_code == 302
    assert "Lire" in browser.get("/resultats/").content.decode()
    browser.post(f"{address}vu/")
    with world.cabinet.at_work(world.cabinet.doctor):
        row = Incoming.objects.get(pk=world.sample("incoming_id"))
    assert row.state == "seen" and row.seen_by == world.cabinet.doctor.pk
    record = browser.get(f"/patients/{patient}/dossier/?type=result").content.decode()
    assert "hors normes" in record and "Zygomatique 9.5" in record


def test_the_desk_sees_nothing_of_it(world):
    assert world.cabinet.client(world.cabinet.secretary).get("/resultats/").status_code == 403
