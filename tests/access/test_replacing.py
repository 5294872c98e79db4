"""A substitute replaces someone: their results and appointments are theirs to see for the time of it (P-HAB-2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import accounts
from serment.access.models import Person
from serment.agenda import services as agenda
from serment.agenda.models import AppointmentType
from serment.results import services as results
from serment.results.models import Incoming
from serment.results.selectors import of
from serment.vault.ids import encode
from tests.world import LAB


def invited(**more):
    today = timezone.localdate()
    return {
        "given_name": "Ael",
        "family_name": "Quéré",
        "login": "ael.quere",
        "profile": "substitute",
        "profession": "medecin",
        "rpps": "10000000108",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=5)).isoformat(),
        **more,
    }


def test_who_is_replaced_is_asked_and_shown(cabinet):
    owner = cabinet.client(cabinet.doctor)
    form = owner.get("/equipe/inviter/").content.decode()
    assert "Remplace" in form and "Sacha Morvan" in form
    refused = owner.post("/equipe/inviter/", invited())
    assert refused.status_code == 422 and "qui cette personne remplace" in refused.content.decode()
    who = encode(cabinet.colleague.practitioner_id)
    apart = owner.post("/equipe/inviter/", invited(replaces=who, new_circle="Ailleurs"))
    assert apart.status_code == 422 and "même cercle" in apart.content.decode()
    done = owner.post("/equipe/inviter/", invited(replaces=who))
    assert done.status_code == 200, re.findall(r"invalid-feedback[^<]*", done.content.decode())
    with cabinet.at_work(cabinet.doctor):
        person = Person.objects.get(login="ael.quere")
        assert person.replaces_id == cabinet.colleague.practitioner_id
    assert "remplace Dr Sacha Morvan" in owner.get("/equipe/").content.decode()


def test_it_is_changed_with_the_dates_and_stays_in_the_circle(cabinet):
    owner, address = cabinet.client(cabinet.doctor), f"/equipe/{encode(cabinet.substitute.pk)}/dates/"
    end = (timezone.localdate() + timedelta(days=5)).isoformat()
    done = owner.post(address, {"ends_on": end, "replaces": encode(cabinet.doctor.practitioner_id)})
    assert done.status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        person = Person.objects.get(pk=cabinet.substitute.pk)
        assert person.replaces_id == cabinet.doctor.practitioner_id
        with pytest.raises(accounts.RefusedAccount, match="même cercle"):
            accounts.change_dates(
                keyring=keyring,
                by=cabinet.doctor,
                person=person,
                starts_on=None,
                ends_on=timezone.localdate(),
                replaces=cabinet.outsider.practitioner,
            )


@pytest.fixture
def replacing(cabinet):
    """The substitute replaces the doctor, who has an abnormal result to see and an appointment today."""
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        agenda.create_defaults(practitioner=cabinet.doctor.practitioner)
        agenda.book(
            keyring=keyring,
            author=cabinet.doctor,
            practitioner=cabinet.doctor.practitioner,
            type=AppointmentType.objects.first(),
            start=timezone.localtime().replace(hour=23, minute=0, second=0, microsecond=0),
            patient_id=patient.pk,
        )
        results.receive(keyring=keyring, author=cabinet.doctor, raw=LAB)
        Incoming.objects.update(patient=patient, state="filed")
        Person.objects.filter(pk=cabinet.substitute.pk).update(replaces=cabinet.doctor.practitioner)
    return Person.unscoped.select_related("practitioner").get(pk=cabinet.substitute.pk)


def test_the_replaced_doctor_s_results_and_day_are_the_substitute_s(cabinet, replacing):
    with cabinet.at_work(cabinet.doctor):
        assert of(replacing).count() == 1 and of(cabinet.colleague).count() == 0
    browser = cabinet.client(cabinet.substitute)
    listed = browser.get("/resultats/").content.decode()
    assert "pour le Dr Camille Aubry, que vous remplacez" in listed
    day = browser.get("/").content.decode()
    assert "1 résultat d’examens hors normes" in day
    assert "Vous remplacez le Dr Camille Aubry" in day and "lestrange" in day.lower()
    own = cabinet.client(cabinet.doctor)
    assert "que vous remplacez" not in own.get("/resultats/").content.decode()


def test_out_of_the_period_nothing_of_it(cabinet, replacing):
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=replacing.pk).update(starts_on=timezone.localdate() + timedelta(days=2))
        later = Person.objects.get(pk=replacing.pk)
        assert later.standing_for is None and of(later).count() == 0
        Person.objects.filter(pk=replacing.pk).update(starts_on=None, replaces=None)
        assert of(Person.objects.get(pk=replacing.pk)).count() == 0
