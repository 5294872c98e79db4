"""Erasure destroys what may go and says what must stay, why, and until when (R9.4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from serment.agenda import services as agenda
from serment.agenda.models import Appointment, AppointmentType
from serment.patients import services as patients
from serment.patients.payloads import Contact, Identity
from serment.patients.restrictions import Frozen
from serment.patients.selectors import card, changes_of, search
from serment.privacy import requests, rights
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.vault.ids import encode

PHONE = "+33639980123"


@pytest.fixture
def known(cabinet):
    """A patient with a phone (changed once), a kept and a missed appointment, and an allergy."""
    doctor = cabinet.doctor
    with cabinet.at_work(doctor) as keyring:
        who = Identity(
            birth_family_name="Kerbrat",
            first_given_name="Anne",
            birth_date=date(1970, 5, 4),
            note="sonner deux fois",
            contact=Contact(
                mobile="+33639980999", address="3 rue du Port", city="Brest", email="a@example.fr"
            ),
        )
        patient = patients.create_patient(
            keyring=keyring, author=doctor, identity=who, circle_ids=[cabinet.circle.pk]
        )
        newer = who.model_copy(update={"contact": who.contact.model_copy(update={"mobile": PHONE})})
        patients.update_patient(
            keyring=keyring, author=doctor, patient_id=patient.pk, version=1, identity=newer
        )
        record.add_entry(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="sulfamidine"),
        )
        agenda.create_defaults(practitioner=doctor.practitioner)
        for days, state in ((30, "done"), (20, "missed")):
            start = timezone.now() + timedelta(days=days)
            row = agenda.book(
                keyring=keyring,
                author=doctor,
                practitioner=doctor.practitioner,
                type=AppointmentType.objects.first(),
                start=start,
                patient_id=patient.pk,
                note="apporter la carte",
            )
            past = timezone.now() - timedelta(days=days)
            Appointment.objects.filter(pk=row.pk).update(
                state=state, start=past, end=past + timedelta(minutes=15)
            )
    return patient


def granted(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="erasure",
            received_on=timezone.localdate(),
            identity_check="known",
            asked="Tout effacer",
        )
        return requests.close(
            keyring=keyring,
            author=cabinet.doctor,
            request_id=row.pk,
            state="partly",
            answer="Fait pour ce qui pouvait l’être.",
        )


def test_contacts_go_from_every_version_and_from_the_search(cabinet, known):
    granted(cabinet, known)
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = card(keyring=keyring, patient_id=known.pk)
        contact = found.identity.contact
        assert (contact.mobile, contact.email, found.identity.note) == ("", "", "")
        assert contact.address == "3 rue du Port", "the feuille de soins needs it"
        assert search(keyring=keyring, text=PHONE)[0] == []
        older = " ".join(str(change) for change in changes_of(keyring=keyring, patient_id=known.pk))
        assert "39980999" not in older and "example.fr" not in older


def test_the_missed_appointment_and_the_notes_go_the_care_stays(cabinet, known):
    granted(cabinet, known)
    with cabinet.at_work(cabinet.doctor):
        rows = list(Appointment.objects.filter(patient_id=known.pk))
        assert [(row.state, row.details) for row in rows] == [("done", None)]


def test_it_says_what_stays_and_until_when(cabinet, known):
    row = granted(cabinet, known)
    kept = next(text for text in row.outcome if text.startswith("Identité et dossier"))
    end = rights.add_months(timezone.localdate(), 240)
    assert str(end.year) in kept and "17.3.b" in kept
    assert any(text.startswith("Téléphones") and "effacé" in text for text in row.outcome)


def test_frozen_data_are_not_erased(cabinet, known):
    with cabinet.at_work(cabinet.doctor):
        requests.limit(author=cabinet.doctor, patient_id=known.pk)
    with pytest.raises(Frozen):
        granted(cabinet, known)


def test_the_page_shows_it_before_and_the_letter_after(cabinet, known):
    browser = cabinet.client(cabinet.doctor)
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=known.pk,
            kind="erasure",
            received_on=timezone.localdate(),
            identity_check="known",
            asked="",
        )
    address = f"/vie-privee/demandes/{encode(row.pk)}/"
    assert "Rendez-vous passés annulés ou manqués (1)" in browser.get(address).content.decode()
    assert browser.get(f"{address}reponse.pdf").status_code == 404
    browser.post(address, {"state": "partly", "ground": "", "answer": "Fait en partie."})
    assert "Ce qui a été fait" in browser.get(address).content.decode()
    assert browser.get(f"{address}reponse.pdf").content.startswith(b"%PDF")
