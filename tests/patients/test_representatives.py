"""Legal representatives: on the card, sealed with it, read by the desk, offered where someone asks for the patient."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from serment.billing import reminders
from serment.journal.models import Event
from serment.patients import erasure, representatives
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Identity, Representative
from serment.patients.selectors import card
from serment.privacy import copy, requests
from serment.privacy.models import RightsRequest
from serment.vault.ids import encode
from serment.vault.keyring import NoKey

PARENT = Representative(
    name="Solenn Quillivéré", capacity="parent", phone="+33611223344", ground="livret de famille"
)


@pytest.fixture
def child(cabinet):
    return cabinet.patient(birth_date=date(timezone.localdate().year - 9, 3, 2))


def page(patient):
    return f"/patients/{encode(patient.pk)}/representants/"


def rows(*given, version=1, initial=0):
    data = {
        "representant-TOTAL_FORMS": str(len(given)),
        "representant-INITIAL_FORMS": str(initial),
        "version": str(version),
    }
    for rank, row in enumerate(given):
        data |= {f"representant-{rank}-{name}": value for name, value in row.items()}
    return data


ONE = {
    "name": "Solenn Quillivéré",
    "capacity": "parent",
    "phone": "06 11 22 33 44",
    "ground": "livret de famille",
}


def test_the_desk_notes_a_parent_and_everyone_reads_them(cabinet, child):
    desk = cabinet.client(cabinet.secretary)
    assert "aucun parent n’est noté" in desk.get(f"/patients/{encode(child.pk)}/").content.decode()
    assert desk.post(page(child), rows(ONE)).status_code == 302
    with cabinet.at_work(cabinet.secretary) as keyring:
        assert card(keyring=keyring, patient_id=child.pk).identity.representatives == [PARENT]
    event = Event.unscoped.filter(action="patient.changed").get()
    assert event.details == {"fields": ["identity.representatives"]}, "names only, no value"
    for person in (cabinet.secretary, cabinet.doctor):
        shown = cabinet.client(person).get(f"/patients/{encode(child.pk)}/").content.decode()
        assert "Solenn Quillivéré" in shown and "titulaire de l’autorité parentale" in shown
        assert "06 11 22 33 44" in shown and "livret de famille" in shown
    raw = bytes(Patient.unscoped.values_list("identity", flat=True).get(pk=child.pk))
    assert b"Solenn" not in raw and b"611223344" not in raw


def test_each_error_is_at_its_field_and_what_was_typed_stays(cabinet, child):
    desk = cabinet.client(cabinet.secretary)
    answer = desk.post(page(child), rows(ONE | {"capacity": "", "phone": "12"}))
    text = answer.content.decode()
    assert answer.status_code == 422 and "en quelle qualité" in text and 'value="12"' in text
    assert 'value="Solenn Quillivéré"' in text and text.count("is-invalid") == 2
    late = desk.post(page(child), rows(ONE, version=7))
    assert late.status_code == 422 and "entre-temps" in late.content.decode()
    assert 'value="Solenn Quillivéré"' in late.content.decode()


def test_an_emptied_name_takes_one_away_and_the_version_before_stays(cabinet, child):
    desk = cabinet.client(cabinet.secretary)
    desk.post(page(child), rows(ONE, ONE | {"name": "Ewen Kerdoncuff", "phone": ""}))
    desk.post(page(child), rows(ONE | {"name": ""}, ONE | {"name": "Ewen Kerdoncuff"}, version=2, initial=2))
    with cabinet.at_work(cabinet.doctor) as keyring:
        (left,) = card(keyring=keyring, patient_id=child.pk).identity.representatives
        assert left.name == "Ewen Kerdoncuff"
        assert PatientVersion.objects.filter(patient=child).count() == 2
    history = desk.get(f"/patients/{encode(child.pk)}/versions/").content.decode()
    assert "Représentants légaux" in history and "Solenn Quillivéré, titulaire" in history


def test_the_identity_form_keeps_them(cabinet, child):
    desk = cabinet.client(cabinet.secretary)
    desk.post(page(child), rows(ONE))
    form = {
        "birth_family_name": "Lestrange",
        "first_given_name": "Ysé",
        "sex": "F",
        "birth_date": "02/03/2017",
    }
    assert desk.post(f"/patients/{encode(child.pk)}/modifier/", form | {"version": "2"}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = card(keyring=keyring, patient_id=child.pk).identity
        assert who.first_given_name == "Ysé" and who.representatives == [PARENT]


def test_parents_act_until_the_patient_is_of_age_a_guardian_beyond():
    guardian = Representative(name="Paol Madec", capacity="guardian")
    who = Identity(
        birth_family_name="X",
        first_given_name="Y",
        birth_date=date(2008, 11, 26),
        representatives=[PARENT, guardian],
    )
    assert [one.ended for one in representatives.of(who, date(2026, 11, 25))] == [False, False]
    assert [one.name for one in representatives.in_force(who, date(2026, 11, 26))] == ["Paol Madec"]


def test_a_request_offers_them_and_still_asks_for_the_paper(cabinet, child):
    desk = cabinet.client(cabinet.secretary)
    desk.post(page(child), rows(ONE, ONE | {"name": "Ewen Kerdoncuff", "ground": ""}))
    path = reverse("privacy:receive", args=[child.pk])
    assert "Solenn Quillivéré, titulaire" in desk.get(path).content.decode()
    given = {
        "kind": "access",
        "received_on": f"{timezone.localdate()}",
        "identity_check": "document",
        "acts_as": "self",
    }
    refused = desk.post(path, given | {"known": "1"})
    assert refused.status_code == 422 and "Dites ce qui fonde" in refused.content.decode()
    assert desk.post(path, given | {"known": "0"}).status_code == 302
    row = RightsRequest.unscoped.get()
    assert row.acts_as == "parent"
    with cabinet.at_work(cabinet.secretary) as keyring:
        words = requests.opened(keyring, row)
        assert (words["representative"], words["ground"]) == ("Solenn Quillivéré", "livret de famille")


def test_the_copy_the_reminder_and_the_erasure_know_them(cabinet, child):
    cabinet.client(cabinet.secretary).post(page(child), rows(ONE))
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = card(keyring=keyring, patient_id=child.pk)
        assert reminders.addressee(who)[0] == "Solenn Quillivéré"
        lines = dict(copy.parts_of(copy.gather(keyring=keyring, patient_id=child.pk))[0][1])
        assert lines["Représentants légaux"] == "Solenn Quillivéré, titulaire de l’autorité parentale"
        erasure.erase_contacts(keyring=keyring, patient_id=child.pk)
        (left,) = card(keyring=keyring, patient_id=child.pk).identity.representatives
        assert (left.name, left.phone) == ("Solenn Quillivéré", "")


def test_who_may_not_read_the_card_does_not_read_them(cabinet, child):
    assert cabinet.client(cabinet.technician).get(page(child)).status_code == 403
    assert cabinet.client(cabinet.accounting).get(page(child)).status_code == 403
    assert cabinet.client(cabinet.stranger).get(page(child)).status_code == 404
    with cabinet.at_work(cabinet.accounting) as keyring, pytest.raises(NoKey):
        card(keyring=keyring, patient_id=child.pk)


def test_the_card_asks_no_more_whatever_their_number(cabinet, child):
    path, counted = f"/patients/{encode(child.pk)}/", []
    browser = cabinet.client(cabinet.doctor)
    for given in ((), (ONE, ONE, ONE, ONE)):
        if given:
            browser.post(page(child), rows(*given))
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
        counted.append(len(asked))
    assert counted[0] == counted[1]
