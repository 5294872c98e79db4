"""An archived patient typed again is proposed from the archive, to who may open it and to nobody else (R7.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.access import arrivals
from serment.journal.models import Event
from serment.patients.models import Patient
from serment.privacy import requests
from serment.retention import comebacks, services
from serment.retention.models import ArchivedFile, Comeback, Compared
from serment.vault.ids import encode

TYPED = {
    "birth_family_name": "KERBRAT",
    "first_given_name": "Apolline",
    "sex": "F",
    "birth_date": "1984-05-17",
    "source": "manual",
}
WORDS = "dossier archivé"


@pytest.fixture
def archived(cabinet):
    patient = cabinet.patient(birth_family_name="Kerbrat")
    Patient.unscoped.filter(pk=patient.pk).update(created_at=timezone.now() - timedelta(days=6 * 366))
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.archive_batch(keyring=keyring, author=cabinet.doctor)
        return ArchivedFile.objects.get()


def test_it_is_proposed_while_typing_and_before_creating(cabinet, archived):
    client = cabinet.client(cabinet.doctor)
    typed = client.post("/patients/doublons/", TYPED).content.decode()
    assert WORDS in typed and f"/durees/archives/{encode(archived.pk)}/" in typed
    refused = client.post("/patients/nouveau/", TYPED)
    assert refused.status_code == 422 and WORDS in refused.content.decode()
    assert not Patient.unscoped.exists(), "proposed before anything is made"
    assert client.post("/patients/nouveau/", {**TYPED, "anyway": "1"}).status_code == 302


def test_another_identity_and_another_hand_learn_nothing(cabinet, archived):
    client = cabinet.client(cabinet.doctor)
    other = client.post("/patients/doublons/", {**TYPED, "birth_date": "1984-05-18"})
    assert WORDS not in other.content.decode()
    for person in (cabinet.secretary, cabinet.outsider):
        browser = cabinet.client(person)
        assert WORDS not in browser.post("/patients/doublons/", TYPED).content.decode()
        made = browser.post("/patients/nouveau/", {**TYPED, "circles": str(cabinet.circle.pk)})
        assert made.status_code == 302, "the archive neither shows nor slows who may not open it"
        Patient.unscoped.all().delete()


@pytest.fixture
def typed_again(cabinet, archived):
    """By the desk, which has no key of the archive and is told nothing."""
    made = cabinet.client(cabinet.secretary).post(
        "/patients/nouveau/", {**TYPED, "circles": str(cabinet.circle.pk)}
    )
    assert made.status_code == 302
    return Patient.unscoped.get()


def arrive(cabinet, person):
    with cabinet.at_work(person) as keyring:
        arrivals.welcome(person, keyring)


def home(cabinet, person):
    return cabinet.client(person).get("/").content.decode()


def test_who_was_typed_again_at_the_desk_is_recognised_at_a_sign_in(cabinet, archived, typed_again):
    for person in (cabinet.secretary, cabinet.outsider, cabinet.substitute):
        arrive(cabinet, person)
    assert not Comeback.unscoped.exists()
    arrive(cabinet, cabinet.doctor)
    row = Comeback.unscoped.get()
    assert (row.patient_id, row.archived_id, row.circle_id) == (
        typed_again.pk,
        archived.pk,
        cabinet.circle.pk,
    )
    assert Event.unscoped.filter(action="retention.recognised").get().details == {"files": 1}
    for person in (cabinet.doctor, cabinet.colleague):
        assert "1 patient recréé" in home(cabinet, person), "anyone of the circle"
        page = cabinet.client(person).get("/durees/retours/").content.decode()
        assert "KERBRAT" in page and f"/durees/archives/{encode(archived.pk)}/" in page
    for person in (cabinet.secretary, cabinet.outsider):
        assert "recréé" not in home(cabinet, person)
    assert "KERBRAT" not in cabinet.client(cabinet.outsider).get("/durees/retours/").content.decode()
    assert cabinet.client(cabinet.secretary).get("/durees/retours/").status_code == 403
    tab = cabinet.client(cabinet.doctor).get(f"/durees/patients/{encode(typed_again.pk)}/").content.decode()
    assert WORDS in tab and "Ouvrir l’archive" in tab


def test_brought_back_it_waits_no_more(cabinet, archived, typed_again):
    arrive(cabinet, cabinet.doctor)
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=archived.pk)
    assert not Comeback.unscoped.exists() and "recréé" not in home(cabinet, cabinet.doctor)


def test_another_person_is_set_aside_once_and_not_found_again(cabinet, archived, typed_again):
    arrive(cabinet, cabinet.doctor)
    path = f"/durees/retours/{encode(Comeback.unscoped.get().pk)}/ecarter/"
    assert cabinet.client(cabinet.outsider).post(path).status_code == 404
    assert cabinet.client(cabinet.doctor).post(path).status_code == 302
    assert cabinet.client(cabinet.doctor).post(path).status_code == 404
    typed_again.save()  # changed since: compared again
    arrive(cabinet, cabinet.doctor)
    assert Comeback.unscoped.get().set_aside_by == cabinet.doctor.pk
    assert "recréé" not in home(cabinet, cabinet.doctor)


def test_each_card_is_compared_once_and_the_queries_do_not_grow(cabinet, archived, monkeypatch):
    monkeypatch.setattr(comebacks, "AT_ARRIVAL", 3)
    for number in range(5):
        cabinet.patient(first_given_name=f"Ysé{number}")
    counted = []
    with cabinet.at_work(cabinet.doctor) as keyring:
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                comebacks.compare(keyring=keyring, circle_id=cabinet.circle.pk)
            counted.append(len(asked))
        mark = Compared.objects.get()
        assert mark.patient_id == Patient.objects.order_by("updated_at").last().pk
        with CaptureQueriesContext(connection) as asked:
            assert comebacks.compare(keyring=keyring, circle_id=cabinet.circle.pk) == 0
    # The first one makes its mark.
    assert counted[1] <= 12 and counted[0] - counted[1] <= 4 and len(asked) <= 5


def test_a_frozen_card_is_compared_with_nothing(cabinet, archived, typed_again):
    with cabinet.at_work(cabinet.doctor):
        requests.limit(author=cabinet.doctor, patient_id=typed_again.pk)
    arrive(cabinet, cabinet.doctor)
    assert not Comeback.unscoped.exists()
