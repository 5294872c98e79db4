"""A patient may set someone of the circle aside: the record stays closed to them, everywhere (R6.2, R9.5)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from serment.access import accounts
from serment.journal.models import Event
from serment.patients.models import Restriction
from serment.privacy import copy, emergency, gathering, requests
from serment.record import set_aside, sharing
from serment.results.models import Incoming
from serment.results.selectors import of
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.models import SubjectKey
from tests.test_walk import ALL, CARE_WORDS, ask, path_of, rule_of, text_of
from tests.world import build_world

CARE = {"record.view", "record.write", "prescribing.write"}
NAMES_THE_PATIENT = {"patient_id", "entry_id"}


def page(patient_id: int) -> str:
    return f"/patients/{encode(patient_id)}/dossier/equipe/"


@pytest.fixture
def world(cabinet, monkeypatch):
    monkeypatch.setattr("serment.operations.views.start_backup", lambda: None)
    return build_world(cabinet)


@pytest.fixture
def patient_id(world):
    return world.ids["patient_id"]


def put_aside(cabinet, patient_id, who=None):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return set_aside.set_aside(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient_id,
            person_id=(who or cabinet.colleague).pk,
        )


def test_every_address_of_care_is_closed_to_who_is_set_aside(cabinet, world, patient_id):
    put_aside(cabinet, patient_id)
    aside = cabinet.client(cabinet.colleague)
    tried = 0
    for name, pattern in ALL:
        if rule_of(pattern).permission not in CARE or not NAMES_THE_PATIENT & set(pattern.pattern.converters):
            continue
        answer = ask(aside, path_of(name, pattern, world))
        assert answer.status_code in (403, 404, 409), f"{name}: {answer.status_code}"
        words = text_of(answer)
        assert not any(word in words for word in CARE_WORDS), name
        tried += 1
    assert tried > 30
    assert aside.get(reverse("prescribing:done", args=[world.ids["prescription"]])).status_code == 403
    read = Event.unscoped.filter(actor_id=cabinet.colleague.pk, subject_id=patient_id, action="record.viewed")
    assert not read.exists(), "the list given to the patient tells of no reading that was refused"
    refused = aside.get(f"/patients/{encode(patient_id)}/dossier/").content.decode()
    assert "à la demande du patient" in refused.lower() and "urgence" not in refused
    assert aside.get(f"/patients/{encode(patient_id)}/").status_code == 200, "identity stays"
    assert cabinet.client(cabinet.secretary).get(f"/patients/{encode(patient_id)}/").status_code == 200
    assert cabinet.client(cabinet.doctor).get(f"/patients/{encode(patient_id)}/dossier/").status_code == 200
    assert cabinet.client(cabinet.substitute).get(page(patient_id)).status_code == 200, "the others read on"


def test_the_page_names_who_reads_and_sets_aside_and_brings_back(cabinet, world, patient_id):
    owner = cabinet.client(cabinet.doctor)
    shown = owner.get(page(patient_id)).content.decode()
    assert "Qui lit ce dossier" in shown and "Morvan" in shown and "Tanguy" in shown
    assert "règle du programme" in shown
    who = {"person": encode(cabinet.colleague.pk)}
    done = owner.post(f"{page(patient_id)}ecarter/", who, follow=True).content.decode()
    assert "Personnes écartées à la demande du patient" in done
    assert cabinet.client(cabinet.colleague).get(page(patient_id)).status_code == 403
    rights = owner.get(f"/vie-privee/patients/{encode(patient_id)}/").content.decode()
    assert "personne écartée" in rights and "Morvan" in rights
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert Event.objects.filter(action="record.set_aside", subject_id=patient_id).count() == 1
        data = gathering.gather(keyring=keyring, patient_id=patient_id)
        assert any("Morvan" in row["person"] for row in data["restrictions"])
        assert "Personne écartée Dr Sacha Morvan" in str(copy.parts_of(data))
    owner.post(f"{page(patient_id)}ecarter/", {**who, "what": "back"})
    assert cabinet.client(cabinet.colleague).get(page(patient_id)).status_code == 200
    with cabinet.at_work(cabinet.doctor):
        assert Event.objects.filter(action="record.brought_back", subject_id=patient_id).count() == 1
        assert Restriction.objects.get(kind="exclusion").lifted_at


def test_who_may_and_who_may_not(cabinet, world, patient_id):
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient_id}
        with pytest.raises(ValueError, match="vous-même"):
            set_aside.set_aside(**given, person_id=cabinet.doctor.pk)
        with pytest.raises(ValueError, match="ne lit pas"):
            set_aside.set_aside(**given, person_id=cabinet.secretary.pk)
        with pytest.raises(ValueError, match="ne lit pas"):
            set_aside.set_aside(**given, person_id=cabinet.stranger.pk)
    with (
        cabinet.at_work(cabinet.substitute) as keyring,
        pytest.raises(ValueError, match="répond de ses patients"),
    ):
        set_aside.set_aside(
            keyring=keyring, author=cabinet.substitute, patient_id=patient_id, person_id=cabinet.colleague.pk
        )
    put_aside(cabinet, patient_id)
    aside = cabinet.client(cabinet.colleague)
    who = {"person": encode(cabinet.colleague.pk), "what": "back"}
    assert aside.post(f"{page(patient_id)}ecarter/", who).status_code == 403
    with cabinet.at_work(cabinet.doctor):
        row = Restriction.objects.get(kind="exclusion", lifted_at=None)
    assert aside.post(f"/vie-privee/restrictions/{encode(row.pk)}/lever/").status_code in (403, 404)
    with cabinet.at_work(cabinet.doctor):
        assert Restriction.objects.filter(kind="exclusion", lifted_at=None).exists()


def test_sets_leave_the_patient_out_for_who_is_set_aside(cabinet, world, patient_id):
    with cabinet.at_work(cabinet.doctor):
        Incoming.objects.update(patient_id=patient_id, state="filed", for_person_id=cabinet.colleague.pk)
        assert of(cabinet.colleague).count() == 1 and of(cabinet.doctor).count() == 0
    assert "résultat" in cabinet.client(cabinet.colleague).get("/").content.decode()
    put_aside(cabinet, patient_id)
    with cabinet.at_work(cabinet.doctor):
        assert of(cabinet.colleague).count() == 0 and of(cabinet.colleague, everyone=True).count() == 0
        assert of(cabinet.doctor).count() == 1, "addressed to who may not read it: the circle's"
    assert "résultat d’examens" not in cabinet.client(cabinet.colleague).get("/").content.decode()
    with cabinet.at_work(cabinet.colleague) as keyring:
        keys = keyring.subject_keys_in([patient_id], [Domain.CARE, Domain.ADMIN])
        assert patient_id not in keys[Domain.CARE] and patient_id in keys[Domain.ADMIN]


def test_an_emergency_does_not_open_it_and_a_lent_key_ends(cabinet, world, patient_id):
    put_aside(cabinet, patient_id)
    with cabinet.at_work(cabinet.doctor):
        Restriction.objects.filter(kind="opposition").update(lifted_at="2026-01-01T00:00:00Z")
    cabinet._keyrings.clear()
    with cabinet.at_work(cabinet.colleague) as keyring, pytest.raises(emergency.NotOpened) as no:
        emergency.require_possible(keyring=keyring, author=cabinet.colleague, patient_id=patient_id)
    assert "écarté" in no.value.text
    with cabinet.at_work(cabinet.colleague) as keyring:
        keyring.lend(patient_id, b"0" * 32, 2e12)
        assert patient_id not in keyring.subject_keys([patient_id], Domain.CARE)


def test_new_keys_of_a_person_or_of_a_circle_stay_closed(cabinet, patient_id_alone):
    put_aside(cabinet, patient_id_alone)
    with cabinet.at_work(cabinet.doctor) as keyring:
        sharing.share(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient_id_alone,
            circle_id=cabinet.outsider.practitioner.circle_id,
            agreed=True,
        )
        closed = SubjectKey.objects.filter(subject_id=patient_id_alone, domain="care")
        assert {row.closed_to for row in closed} == {str(cabinet.colleague.holder_id)}
        password = accounts.reset_password(keyring=keyring, by=cabinet.doctor, person=cabinet.colleague)
    found = accounts.authenticate(cabinet.colleague.login, password)
    with cabinet.at_work(cabinet.doctor):
        assert patient_id_alone not in found[1].subject_keys([patient_id_alone], Domain.CARE)


@pytest.fixture
def patient_id_alone(cabinet):
    return cabinet.patient().pk


def test_an_opposition_granted_may_set_people_aside(cabinet, patient_id_alone):
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient_id_alone,
            kind="opposition",
            purpose="echanges",
            received_on=date(2026, 1, 1),
            identity_check="known",
            asked="Pas ma voisine",
        )
    owner = cabinet.client(cabinet.doctor)
    address = f"/vie-privee/demandes/{encode(row.pk)}/"
    assert "Écarter aussi" in owner.get(address).content.decode()
    done = owner.post(
        address,
        {"state": "granted", "answer": "C’est fait.", "aside": [encode(cabinet.colleague.pk)]},
    )
    assert done.status_code == 302, done.content.decode()[-2000:]
    assert cabinet.client(cabinet.colleague).get(page(patient_id_alone)).status_code == 403
    assert cabinet.client(cabinet.substitute).get(page(patient_id_alone)).status_code == 200


def test_it_costs_no_query(cabinet, world, patient_id):
    def cost() -> int:
        browser = cabinet.client(cabinet.doctor)
        browser.get(f"/patients/{encode(patient_id)}/dossier/")
        with CaptureQueriesContext(connection) as seen:
            browser.get(f"/patients/{encode(patient_id)}/dossier/")
        return len(seen)

    before = cost()
    put_aside(cabinet, patient_id)
    assert cost() == before


@pytest.mark.parametrize("place", ["ecarter", "partager"])
def test_no_choice_is_said_in_french(cabinet, patient_id, place):
    answer = cabinet.client(cabinet.doctor).post(f"{page(patient_id)}{place}/", {}, follow=True)
    assert "Choisissez dans la liste" in answer.content.decode()
