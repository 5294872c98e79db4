"""The yearly review of rights (E-HAB-3): one page per person, each decision applied at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import reviews
from serment.access.models import Person, RightsReview
from serment.vault.ids import encode
from serment.vault.models import Grant


def decide(cabinet, keyring, person, decision=reviews.KEEP):
    return reviews.decide(keyring=keyring, by=cabinet.doctor, person_id=person.pk, decision=decision)


def keep_everyone(cabinet, keyring):
    for person in [line.person for line in reviews.lines() if line.decision is None]:
        decide(cabinet, keyring, person)


def test_withdrawing_takes_the_keys_at_once_and_the_review_goes_on(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        made = decide(cabinet, keyring, cabinet.secretary, reviews.WITHDRAW)
        assert not Grant.objects.filter(holder_id=cabinet.secretary.holder_id).exists()
        assert Person.objects.get(pk=cabinet.secretary.pk).suspended_at
        assert made.closed_at is None and reviews.last() is None, "one decision is not a review"
        with pytest.raises(Person.DoesNotExist):
            decide(cabinet, keyring, cabinet.secretary)


def test_it_closes_with_the_last_decision_and_nobody_is_left_out(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        people = [line.person for line in reviews.lines()]
        for person in people[:-1]:
            assert decide(cabinet, keyring, person).closed_at is None
        closed = decide(cabinet, keyring, people[-1])
        assert closed.closed_at and reviews.last() == closed and reviews.under_way() is None
        assert {row["person"] for row in closed.decisions} == {person.pk for person in people}
        assert all(line.decision is None for line in reviews.lines()), "the next one asks for everyone again"


def test_a_withdrawn_person_given_back_is_decided_again(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        decide(cabinet, keyring, cabinet.secretary, reviews.WITHDRAW)
        Person.objects.filter(pk=cabinet.secretary.pk).update(suspended_at=None)
        [line] = [line for line in reviews.lines() if line.person.pk == cabinet.secretary.pk]
        assert line.decision is None


def test_nobody_withdraws_themselves(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        with pytest.raises(reviews.Refused, match="propres droits"):
            decide(cabinet, keyring, cabinet.doctor, reviews.WITHDRAW)
        with pytest.raises(reviews.Refused, match="garder ou retirer"):
            decide(cabinet, keyring, cabinet.secretary, "peut-être")
        assert not RightsReview.objects.exists()


def test_it_is_due_every_year(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert not reviews.is_due(), "a new practice has a year"
        Person.objects.update(created_at=timezone.now() - timedelta(days=400))
        assert reviews.is_due()
        decide(cabinet, keyring, cabinet.secretary)
        assert reviews.is_due(), "a review that was only begun is still due"
        keep_everyone(cabinet, keyring)
        assert not reviews.is_due()
        RightsReview.objects.update(closed_at=timezone.now() - timedelta(days=366))
        assert reviews.is_due()


def test_the_page_of_a_person_shows_profile_last_use_and_keys(cabinet):
    seen = timezone.now() - timedelta(days=91)
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.secretary.pk).update(created_at=seen, last_sign_in_at=seen)
    client = cabinet.client(cabinet.doctor)
    address = f"/equipe/revue/{encode(cabinet.secretary.pk)}/"
    assert address in client.get("/equipe/revue/").content.decode()
    page = client.get(address).content.decode()
    assert "Secrétariat" in page and "identités" in page and "dormant" in page
    assert f"{timezone.localtime(seen):%d/%m/%Y}" in page and "rien au journal depuis un an" in page
    own = client.get(f"/equipe/revue/{encode(cabinet.doctor.pk)}/").content.decode()
    assert "soins, archives" in own and "au journal en un an" in own and 'value="withdraw"' not in own
    assert client.post(address, {}).status_code == 422
    answered = client.post(address, {"decision": "keep"})
    assert answered.status_code == 302 and answered["Location"].startswith("/equipe/revue/")
    assert answered["Location"] != address, "on to the next person"
    assert "gardée" in client.get("/equipe/revue/").content.decode()
    withdrawn = client.post(f"/equipe/revue/{encode(cabinet.technician.pk)}/", {"decision": "withdraw"})
    assert withdrawn.status_code == 302 and Person.unscoped.get(pk=cabinet.technician.pk).suspended_at
    assert client.get("/patients/").status_code == 200, "the session goes on after the keys turned"
    assert cabinet.client(cabinet.secretary).get(address).status_code == 403
