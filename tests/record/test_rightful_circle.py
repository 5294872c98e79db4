"""Only a circle that holds a record by right takes back what it shared; its own key never goes (R6.2, R9.5)."""

from __future__ import annotations

import pytest

from serment.access.setup import add_circle
from serment.journal import services as journal
from serment.privacy import emergency, requests
from serment.record import sharing
from serment.vault import emergency as vault
from serment.vault.ids import encode
from serment.vault.keyring import NoKey
from serment.vault.models import SubjectKey


def page(patient) -> str:
    return f"/patients/{encode(patient.pk)}/dossier/equipe/"


@pytest.fixture
def guests(cabinet):
    return cabinet.outsider.practitioner.circle_id


@pytest.fixture
def patient(cabinet, guests):
    """Of the doctor's circle, shared with the outsider's."""
    made = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        sharing.share(
            keyring=keyring, author=cabinet.doctor, patient_id=made.pk, circle_id=guests, agreed=True
        )
    return made


def test_a_guest_takes_nothing_from_the_owner(cabinet, patient, guests):
    guest, owner = cabinet.client(cabinet.outsider), cabinet.client(cabinet.doctor)
    shown = guest.get(page(patient)).content.decode()
    assert "Reprendre" not in shown and "suit le patient" in shown
    said = guest.post(
        f"{page(patient)}partager/", {"circle": encode(cabinet.circle.pk), "what": "back"}, follow=True
    )
    assert "cercle qui suit le patient" in said.content.decode()
    assert owner.get(page(patient)).status_code == 200
    with cabinet.at_work(cabinet.outsider) as keyring, pytest.raises(ValueError, match="cercle qui suit"):
        sharing.unshare(
            keyring=keyring, author=cabinet.outsider, patient_id=patient.pk, circle_id=cabinet.circle.pk
        )
    with cabinet.at_work(cabinet.doctor):
        assert sharing.following(patient.pk) == {cabinet.circle.pk, guests}


def test_a_guest_shares_no_further_and_the_owner_takes_back(cabinet, patient, guests):
    with cabinet.at_work(cabinet.doctor) as keyring:
        third, _ = add_circle(keyring=keyring, practice=cabinet.practice, name="Podologie")
    with cabinet.at_work(cabinet.outsider) as keyring, pytest.raises(ValueError, match="cercle qui suit"):
        sharing.share(
            keyring=keyring,
            author=cabinet.outsider,
            patient_id=patient.pk,
            circle_id=third.pk,
            agreed=True,
        )
    browser = cabinet.client(cabinet.doctor)
    assert "Reprendre" in browser.get(page(patient)).content.decode()
    browser.post(f"{page(patient)}partager/", {"circle": encode(guests), "what": "back"})
    assert cabinet.client(cabinet.outsider).get(page(patient)).status_code == 403
    with cabinet.at_work(cabinet.doctor):
        assert sharing.following(patient.pk) == {cabinet.circle.pk}


def test_a_lent_key_neither_shares_nor_takes_back(cabinet, guests):
    lone = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        emergency.enable(keyring=keyring, author=cabinet.doctor)
    cabinet._keyrings.clear()
    with cabinet.at_work(cabinet.outsider) as keyring:
        keyring.lend(lone.pk, vault.open_key(keyring, lone.pk), 2e12)
        for verb, given in (
            (sharing.unshare, {"circle_id": cabinet.circle.pk}),
            (sharing.share, {"circle_id": cabinet.circle.pk, "agreed": True}),
        ):
            with pytest.raises(ValueError, match="cercle qui suit"):
                verb(keyring=keyring, author=cabinet.outsider, patient_id=lone.pk, **given)
        with pytest.raises(NoKey):
            requests.oppose(keyring=keyring, author=cabinet.outsider, patient_id=lone.pk, purpose="echanges")
        assert sharing.following(lone.pk) == {cabinet.circle.pk}


def test_circles_ticked_together_hold_by_right_and_none_evicts_another(cabinet, guests):
    from datetime import date

    from serment.patients.payloads import Identity
    from serment.patients.services import create_patient

    with cabinet.at_work(cabinet.secretary) as keyring:
        both = create_patient(
            keyring=keyring,
            author=cabinet.secretary,
            identity=Identity(
                birth_family_name="Tosti", first_given_name="Elma", sex="F", birth_date=date(1970, 1, 2)
            ),
            circle_ids=[cabinet.circle.pk, guests],
        )
    with cabinet.at_work(cabinet.doctor) as keyring:
        with pytest.raises(ValueError, match="de plein droit"):
            sharing.unshare(keyring=keyring, author=cabinet.doctor, patient_id=both.pk, circle_id=guests)
        with pytest.raises(ValueError, match="déjà"):
            sharing.share(
                keyring=keyring, author=cabinet.doctor, patient_id=both.pk, circle_id=guests, agreed=True
            )


def test_an_opposition_noted_by_a_guest_keeps_the_owner(cabinet, patient, guests):
    with cabinet.at_work(cabinet.outsider) as keyring:
        requests.oppose(keyring=keyring, author=cabinet.outsider, patient_id=patient.pk, purpose="echanges")
        assert sharing.following(patient.pk) == {cabinet.circle.pk}
    assert cabinet.client(cabinet.doctor).get(page(patient)).status_code == 200
    assert cabinet.client(cabinet.outsider).get(page(patient)).status_code == 403


def test_keys_of_before_are_marked_from_the_journal(cabinet, patient, guests):
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    alone = cabinet.patient(birth_family_name="Ancien")
    with cabinet.at_work(cabinet.doctor):
        journal.record("record.shared", subject_id=alone.pk, object_id=cabinet.circle.pk)
        SubjectKey.objects.update(shared=False)
    fill = import_module("serment.record.migrations.0010_guests_of_records").mark

    class Editor:
        def __init__(self):
            self.connection = connection

    fill(apps, Editor())
    with cabinet.at_work(cabinet.doctor):
        kept = dict(
            SubjectKey.objects.filter(subject_id=patient.pk, domain="care").values_list("circle_id", "shared")
        )
        assert kept == {cabinet.circle.pk: False, guests: True}
        assert not SubjectKey.objects.get(subject_id=alone.pk, domain="care").shared, "never the last one"
