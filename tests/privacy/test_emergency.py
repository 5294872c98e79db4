"""Emergency access: off by default, a reason, a few hours, told to those who answer, shown to the patient (R3.11)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import accounts, sessions, setup
from serment.conformity import services as conformity
from serment.journal.models import Event
from serment.privacy import copy, emergency, requests
from serment.privacy.models import EmergencyAccess
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.vault import custody
from serment.vault import emergency as vault
from serment.vault.archive import take_keys
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.keyring import Keyring, NoKey
from serment.vault.models import Grant, SubjectKey

WORDS = "Malaise au cabinet, praticien injoignable"


@pytest.fixture
def patient(cabinet):
    made = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=made.pk,
            kind="allergy",
            payload=Allergy(substance="sulfamidine"),
        )
    return made


@pytest.fixture
def on(cabinet, patient):
    """The practice has emergency access; everyone signs in again."""
    with cabinet.at_work(cabinet.doctor) as keyring:
        emergency.enable(keyring=keyring, author=cabinet.doctor)
    cabinet._keyrings.clear()


def path(patient, end: str = "urgence/") -> str:
    return f"/vie-privee/patients/{encode(patient.pk)}/{end}"


def record_of(patient) -> str:
    return f"/patients/{encode(patient.pk)}/dossier/"


def test_off_by_default_nobody_gets_in(cabinet, patient):
    client = cabinet.client(cabinet.outsider)
    refused = client.get(record_of(patient))
    assert refused.status_code == 403 and "urgence/" not in refused.content.decode()
    assert client.post(path(patient), {"reason": "vital", "words": WORDS}).status_code == 409
    with cabinet.at_work(cabinet.doctor):
        assert not SubjectKey.objects.filter(domain=Domain.EMERGENCY.value).exists()


def test_the_gesture_opens_this_record_for_a_while_and_tells(cabinet, patient, on):
    other = cabinet.patient(birth_family_name="Voisin")
    client = cabinet.client(cabinet.outsider)
    refused = client.get(record_of(patient))
    assert refused.status_code == 403 and path(patient) in refused.content.decode()
    for incomplete in ({"reason": "vital", "words": "court"}, {"words": WORDS}):
        again = client.post(path(patient), incomplete)
        assert again.status_code == 422 and incomplete["words"] in again.content.decode()
    assert client.post(path(patient), {"reason": "vital", "words": WORDS}).status_code == 302
    page = client.get(record_of(patient)).content.decode()
    assert "sulfamidine" in page and "Accès d’urgence jusqu’à" in page
    assert client.get(record_of(other)).status_code == 403, "one record, not the circle's"
    assert cabinet.client(cabinet.outsider).get(record_of(patient)).status_code == 403, "this session only"

    for person in (cabinet.doctor, cabinet.colleague):
        browser = cabinet.client(person)
        assert "en urgence par quelqu’un" in browser.get("/").content.decode()
        told = browser.get("/vie-privee/acces-urgence/").content.decode()
        assert WORDS in told and "Kerjean" in told and "lestrange" in told.lower()
        [seen] = re.findall(r'action="(/vie-privee/acces-urgence/[^"]+/vu/)"', told)
        assert browser.post(seen).status_code == 302
        assert "en urgence par quelqu’un" not in browser.get("/").content.decode()
    trace = cabinet.client(cabinet.doctor).get(f"/patients/{encode(patient.pk)}/acces/").content.decode()
    assert "ouvert en urgence" in trace
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert emergency.unseen_by_owner(days=0) == 0
        data = copy.gather(keyring=keyring, patient_id=patient.pk)
        assert data["emergencies"][0]["words"] == WORDS
        event = Event.objects.get(action="privacy.emergency_opened")
        assert event.subject_id == patient.pk and event.details == {"reason": "vital"}

    client.post("/verrouiller/")
    row = client.session_row
    row.refresh_from_db()
    with cabinet.at_work(cabinet.outsider) as keyring:
        ticket = next(filter(None, (sessions.Ticket.parse(c.value) for c in client.cookies.values())))
        sessions.unlock(row, ticket, custody.refresh(keyring))
    assert client.get(record_of(patient)).status_code == 403, "locking ended it"


def test_it_ends_with_its_hours_and_at_ones_word(cabinet, patient, on):
    client = cabinet.client(cabinet.outsider)
    client.post(path(patient), {"reason": "continuity", "words": WORDS})
    assert client.post(path(patient, "urgence/fin/")).status_code == 302
    assert client.get(record_of(patient)).status_code == 403
    with cabinet.at_work(cabinet.outsider) as keyring:
        assert EmergencyAccess.objects.get().until <= timezone.now()
        keyring.lend(patient.pk, vault.open_key(keyring, patient.pk), timezone.now().timestamp() - 1)
        kept = Keyring.loads(keyring.dumps())
        assert patient.pk not in kept.subject_keys([patient.pk], Domain.CARE)


def test_nobody_but_practitioners_holds_the_key(cabinet, patient, on):
    with cabinet.at_work(cabinet.doctor):
        holders = set(Grant.objects.filter(domain_key__domain="urgent").values_list("holder_id", flat=True))
        people = {
            cabinet.doctor,
            cabinet.colleague,
            cabinet.outsider,
            cabinet.substitute,
        }
        assert {p.holder_id for p in people} == {h for h in holders if h in {p.holder_id for p in people}}
        assert not holders & {
            p.holder_id for p in (cabinet.secretary, cabinet.manager, cabinet.technician, cabinet.accounting)
        }
        dated = Grant.objects.get(domain_key__domain="urgent", holder_id=cabinet.substitute.holder_id)
        assert dated.expires_at is not None
    for person in (cabinet.secretary, cabinet.manager, cabinet.technician):
        assert cabinet.client(person).get(path(patient)).status_code == 403


def test_new_patients_and_new_practitioners_are_covered(cabinet, on):
    fresh = cabinet.patient(birth_family_name="Nouveau")
    at_the_desk = cabinet.patient(by=cabinet.secretary, birth_family_name="Accueil")
    with cabinet.at_work(cabinet.outsider) as keyring:
        for patient in (fresh, at_the_desk):
            key = vault.open_key(keyring, patient.pk)
            assert key == cabinet.keyring(cabinet.doctor).subject_keys([patient.pk], Domain.CARE).raw(
                patient.pk
            )
    with cabinet.at_work(cabinet.doctor) as keyring:
        accounts.suspend(keyring=keyring, by=cabinet.doctor, person=cabinet.outsider)
        assert not Grant.objects.filter(holder_id=cabinet.outsider.holder_id).exists()
        custody.rewrap(keyring)
        vault.open_key(cabinet.keyring(cabinet.doctor), fresh.pk)
        accounts.reinstate(keyring=keyring, by=cabinet.doctor, person=cabinet.colleague)
        recovered = setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code)
        assert recovered.holds(Domain.EMERGENCY)


def test_an_opposition_takes_the_key_away_and_its_end_gives_it_back(cabinet, patient, on):
    client = cabinet.client(cabinet.outsider)
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = requests.oppose(
            keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, purpose="echanges"
        )
    assert client.post(path(patient), {"reason": "vital", "words": WORDS}).status_code == 409
    with cabinet.at_work(cabinet.outsider) as keyring, pytest.raises(NoKey):
        vault.open_key(keyring, patient.pk)
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert vault.wrap_missing(keyring) == 0, "a refusal is not wrapped again"
        requests.lift(author=cabinet.doctor, restriction_id=row.pk)
        assert vault.wrap_missing(keyring) == 1
    assert client.post(path(patient), {"reason": "vital", "words": WORDS}).status_code == 302


def test_a_refusal_from_before_is_kept_when_it_is_put_in_place(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        requests.oppose(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, purpose="echanges")
        emergency.enable(keyring=keyring, author=cabinet.doctor)
        assert bytes(SubjectKey.objects.get(domain="urgent", subject_id=patient.pk).wrapped) == b""


def test_a_lent_key_gives_care_and_nothing_else(cabinet, patient, on):
    client = cabinet.client(cabinet.outsider)
    client.post(path(patient), {"reason": "vital", "words": WORDS})
    assert client.post(path(patient, "copie/"), {}).status_code in (403, 409)
    with cabinet.at_work(cabinet.outsider) as keyring:
        keyring.lend(patient.pk, vault.open_key(keyring, patient.pk), timezone.now().timestamp() + 60)
        with pytest.raises(NoKey):
            take_keys(keyring, patient.pk)
        with pytest.raises(NoKey):
            custody.share_subject(
                keyring, patient.pk, cabinet.outsider.practitioner.circle_id, cabinet.circle.pk
            )
        keyring.lent.clear()


def test_doing_without_destroys_every_wrapping(cabinet, patient, on):
    owner = cabinet.client(cabinet.doctor)
    assert owner.post("/vie-privee/acces-urgence/reglage/", {"on": "0"}).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        assert not SubjectKey.objects.filter(domain="urgent").exists()
        assert not Grant.objects.filter(domain_key__domain="urgent").exists()
    assert cabinet.client(cabinet.outsider).get(path(patient)).status_code == 409
    assert owner.post("/vie-privee/acces-urgence/reglage/", {"on": "1"}).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        assert SubjectKey.objects.filter(domain="urgent", subject_id=patient.pk).exists()


def test_the_conformity_page_sees_an_access_left_unseen(cabinet, patient, on):
    def state() -> str:
        with cabinet.at_work(cabinet.doctor):
            return next(line for line in conformity.lines() if line.requirement.id == "R3.11").state

    assert state() == "met"
    cabinet.client(cabinet.outsider).post(path(patient), {"reason": "vital", "words": WORDS})
    assert state() == "met"
    with cabinet.at_work(cabinet.doctor):
        EmergencyAccess.objects.update(at=timezone.now() - timedelta(days=8))
    assert state() == "not_met"
    with cabinet.at_work(cabinet.doctor):
        emergency.acknowledge(person=cabinet.doctor, access_id=EmergencyAccess.objects.get().pk)
    assert state() == "met"
    with cabinet.at_work(cabinet.doctor):
        given = Grant.objects.filter(domain_key__domain="urgent").first()
        Grant.objects.create(
            holder_id=cabinet.secretary.holder_id,
            domain_key=given.domain_key,
            sealed_secret=given.sealed_secret,
        )
    assert state() == "not_met", "a key of emergencies at the desk is seen"


def test_the_list_costs_the_same_whatever_its_length(cabinet, patient, on, django_assert_num_queries):
    def cost(number: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with cabinet.at_work(cabinet.doctor) as keyring:
            key = keyring.subject_keys([patient.pk], Domain.CARE)
            for _ in range(number):
                row = EmergencyAccess(
                    practice_id=cabinet.practice.pk,
                    patient_id=patient.pk,
                    person_id=cabinet.outsider.pk,
                    reason="vital",
                    until=timezone.now(),
                    circles=[cabinet.circle.pk],
                )
                key.seal(row, "words", {"text": WORDS})
                row.save()
            with CaptureQueriesContext(
                connection,
            ) as seen:
                emergency.lines(keyring=keyring, person=cabinet.doctor)
            return len(seen)

    assert cost(1) == cost(20)
