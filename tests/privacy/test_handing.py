"""A copy of the record names who receives it: sealed, in the journal by a code, told to the patient."""

from __future__ import annotations

import io
import json
from datetime import date

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from serment.journal.models import Event
from serment.patients.payloads import Representative
from serment.patients.representatives import write
from serment.patients.selectors import card
from serment.privacy import handing, recipients, requests
from serment.privacy.models import CopyHanding
from serment.vault.ids import encode

SECRET = "abcde-fghij-kmnpq-rstuv"


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


def copy_page(patient):
    return reverse("privacy:copy", args=[patient.pk])


def given(**more):
    return {"to": "self", "identity_check": "known", "secret": SECRET, **more}


def test_the_page_asks_who_receives_it_and_keeps_what_was_typed(cabinet, patient):
    doctor = cabinet.client(cabinet.doctor)
    page = doctor.get(copy_page(patient)).content.decode()
    assert "Remise à" in page and "professionnel de santé que le patient désigne" in page
    for wrong, words in (
        ({}, "obligatoire"),
        (given(to="pro", recipient="Dr Maël Quéméner"), "ce qui autorise"),
        (given(to="mandate", ground="mandat écrit du 2 mai"), "Nommez qui"),
    ):
        refused = doctor.post(copy_page(patient), wrong)
        text = refused.content.decode()
        assert refused.status_code == 422 and words in text, words
        assert wrong.get("recipient", "") in text and wrong.get("secret", "") in text
    assert not CopyHanding.unscoped.exists()
    assert not Event.unscoped.filter(action="privacy.copy_made").exists()


def test_a_professional_whom_the_patient_names_is_kept_sealed_and_told(cabinet, patient):
    doctor = cabinet.client(cabinet.doctor)
    answer = doctor.post(
        copy_page(patient), given(to="pro", recipient="Dr Maël Quéméner", ground="accord écrit de ce jour")
    )
    with pikepdf.open(io.BytesIO(answer.content), password=SECRET) as pdf:
        data = json.loads(pdf.attachments["dossier.json"].get_file().read_bytes())
    assert data["copies"][0]["name"] == "Dr Maël Quéméner"
    row = CopyHanding.unscoped.get()
    assert b"Qu" not in bytes(row.recipient) and row.author_id == cabinet.doctor.pk
    event = Event.unscoped.filter(action="privacy.copy_made").get()
    assert event.details["to"] == "pro" and event.object_id == row.pk
    assert "Quéméner" not in json.dumps(event.details, ensure_ascii=False)
    with cabinet.at_work(cabinet.doctor) as keyring:
        told = recipients.past(keyring=keyring, patient_id=patient.pk)
        assert [one.addressee for one in told if one.addressee] == ["Dr Maël Quéméner"]
    shown = cabinet.client(cabinet.secretary).get(reverse("privacy:patient", args=[patient.pk]))
    assert "Dr Maël Quéméner" in shown.content.decode() and "accord écrit" in shown.content.decode()


def test_the_patient_themself_needs_no_name(cabinet, patient):
    doctor = cabinet.client(cabinet.doctor)
    assert doctor.post(copy_page(patient), given(recipient="x")).status_code == 200
    assert CopyHanding.unscoped.get().recipient is None


def test_a_representative_of_the_card_is_offered(cabinet):
    child = cabinet.patient(birth_date=date(timezone.localdate().year - 8, 1, 5))
    parent = Representative(name="Solenn Quillivéré", capacity="parent", ground="livret de famille")
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = card(keyring=keyring, patient_id=child.pk).identity
        write(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=child.pk,
            version=1,
            identity=who,
            representatives=[parent],
        )
    doctor = cabinet.client(cabinet.doctor)
    page = doctor.get(copy_page(child)).content.decode()
    assert "Solenn Quillivéré, titulaire" in page and "Patient mineur" in page
    assert doctor.post(copy_page(child), given(known="0", identity_check="mandate")).status_code == 200
    with cabinet.at_work(cabinet.doctor) as keyring:
        ((row, name, ground),) = handing.of_patient(keyring=keyring, patient_id=child.pk)
    assert (row.to, name, ground) == ("parent", "Solenn Quillivéré", "livret de famille")


def asked(cabinet, patient, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="access",
            received_on=timezone.localdate(),
            identity_check="document",
            asked="",
            **more,
        )


def test_a_request_says_it_already(cabinet, patient):
    row = asked(
        cabinet, patient, acts_as="mandate", representative="Ewen Kerdoncuff", representative_ground="mandat"
    )
    doctor = cabinet.client(cabinet.doctor)
    link = f"{copy_page(patient)}?demande={encode(row.pk)}"
    assert link in doctor.get(reverse("privacy:decide", args=[row.pk])).content.decode()
    page = doctor.get(link).content.decode()
    assert "Ewen Kerdoncuff" in page and 'name="recipient"' not in page
    assert doctor.post(copy_page(patient), {"demande": encode(row.pk), "secret": SECRET}).status_code == 200
    with cabinet.at_work(cabinet.doctor) as keyring:
        ((kept, name, _),) = handing.of_patient(keyring=keyring, patient_id=patient.pk)
    assert (kept.to, name, kept.identity_check) == ("mandate", "Ewen Kerdoncuff", "document")


def test_a_request_of_another_patient_is_not_found(cabinet, patient):
    row = asked(cabinet, cabinet.patient(first_given_name="Hortense"))
    doctor = cabinet.client(cabinet.doctor)
    for text in (encode(row.pk), "rien"):
        assert doctor.get(f"{copy_page(patient)}?demande={text}").status_code == 404
        assert doctor.post(copy_page(patient), given(demande=text)).status_code == 404


def test_who_may_not_decide_hands_nothing(cabinet, patient):
    for person in (cabinet.secretary, cabinet.substitute, cabinet.manager):
        assert cabinet.client(person).post(copy_page(patient), given()).status_code == 403
    assert not CopyHanding.unscoped.exists()


def test_a_copy_that_fails_keeps_no_handing(cabinet, patient, monkeypatch):
    monkeypatch.setattr(handing.copy, "file_pdf", lambda *a, **k: 1 / 0)
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(ZeroDivisionError):
        handing.hand(
            keyring=keyring,
            author=cabinet.doctor,
            practice=cabinet.practice,
            patient_id=patient.pk,
            to="self",
            identity_check="known",
        )
    assert not CopyHanding.unscoped.exists()
