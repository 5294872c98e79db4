"""Sharing adds a key and taking back removes it; an opposition stops it for real (R6.2, R9.5)."""

from __future__ import annotations

import pytest

from serment.access.setup import add_circle
from serment.practice.models import Circle, Practitioner
from serment.privacy import requests
from serment.record import sharing
from serment.vault.ids import encode
from serment.vault.keyring import NoKey


@pytest.fixture
def other(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        circle, _ = add_circle(keyring=keyring, practice=cabinet.practice, name="Kinésithérapie")
    return circle


def test_share_then_take_back(cabinet, other):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {
            "keyring": keyring,
            "author": cabinet.doctor,
            "patient_id": patient.pk,
            "circle_id": other.pk,
        }
        with pytest.raises(ValueError, match="informé"):
            sharing.share(**given, agreed=False)
        sharing.share(**given, agreed=True)
        assert sharing.following(patient.pk) == {cabinet.circle.pk, other.pk}
        sharing.unshare(**given)
        assert sharing.following(patient.pk) == {cabinet.circle.pk}
        with pytest.raises(ValueError, match="propre cercle"):
            sharing.unshare(**{**given, "circle_id": cabinet.circle.pk})


def test_an_opposition_stops_it(cabinet, other):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        requests.oppose(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, purpose="echanges")
        with pytest.raises(sharing.Opposed):
            sharing.share(
                keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, circle_id=other.pk, agreed=True
            )


def test_who_does_not_follow_shares_nothing(cabinet, other):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.outsider) as keyring, pytest.raises(NoKey):
        sharing.share(
            keyring=keyring, author=cabinet.outsider, patient_id=patient.pk, circle_id=other.pk, agreed=True
        )


def test_on_screen(cabinet, other):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(patient.pk)}/dossier/equipe/"
    assert "Kinésithérapie" in browser.get(page).content.decode()
    browser.post(f"{page}partager/", {"circle": encode(other.pk), "agreed": "1"})
    assert "lit le dossier, partagé" in browser.get(page).content.decode()
    browser.post(f"{page}partager/", {"circle": encode(other.pk), "what": "back"})
    assert "lit le dossier, partagé" not in browser.get(page).content.decode()


def test_a_member_may_be_invited_into_a_circle_of_their_own(cabinet):
    browser = cabinet.client(cabinet.doctor)
    done = browser.post(
        "/equipe/inviter/",
        {
            "given_name": "Yannick",
            "family_name": "Lagadec",
            "login": "yannick.lagadec",
            "profile": "paramedic",
            "profession": "kinesitherapeute",
            "rpps": "10000000025",
            "new_circle": "Kinésithérapie",
        },
    )
    assert done.status_code == 200, done.content.decode()[:400]
    with cabinet.at_work(cabinet.doctor):
        person = Practitioner.objects.get(family_name="Lagadec")
        assert Circle.objects.get(pk=person.circle_id).name == "Kinésithérapie"
