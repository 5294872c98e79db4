"""The yearly review of rights (E-HAB-3): one decision per person, applied at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import reviews
from serment.access.models import Person, RightsReview
from serment.vault.models import Grant


def decide(cabinet, **changes):
    with cabinet.at_work(cabinet.doctor):
        found = {line.person.pk: reviews.KEEP for line in reviews.lines()}
    return found | {getattr(cabinet, name).pk: decision for name, decision in changes.items()}


def test_withdrawing_takes_the_keys_at_once(cabinet):
    decisions = decide(cabinet, secretary=reviews.WITHDRAW)
    with cabinet.at_work(cabinet.doctor) as keyring:
        reviews.close(keyring=keyring, by=cabinet.doctor, decisions=decisions)
        assert not Grant.objects.filter(holder_id=cabinet.secretary.holder_id).exists()
        assert Person.objects.get(pk=cabinet.secretary.pk).suspended_at
        assert not reviews.is_due()


def test_nobody_is_left_out_and_nobody_withdraws_themselves(cabinet):
    whole = decide(cabinet)
    with cabinet.at_work(cabinet.doctor) as keyring:
        missing = dict(list(whole.items())[1:])
        with pytest.raises(reviews.Refused, match="chaque personne"):
            reviews.close(keyring=keyring, by=cabinet.doctor, decisions=missing)
        with pytest.raises(reviews.Refused, match="propres droits"):
            reviews.close(
                keyring=keyring, by=cabinet.doctor, decisions=decide(cabinet, doctor=reviews.WITHDRAW)
            )
        assert not RightsReview.objects.exists()


def test_it_is_due_every_year(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert not reviews.is_due(), "a new practice has a year"
        Person.objects.update(created_at=timezone.now() - timedelta(days=400))
        assert reviews.is_due()
        reviews.close(keyring=keyring, by=cabinet.doctor, decisions=decide(cabinet))
        assert not reviews.is_due()
        RightsReview.objects.update(at=timezone.now() - timedelta(days=366))
        assert reviews.is_due()


def test_the_page_keeps_and_refuses(cabinet):
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.secretary.pk).update(created_at=timezone.now() - timedelta(days=91))
    client = cabinet.client(cabinet.doctor)
    page = client.get("/equipe/revue/").content.decode()
    assert "soins, archives" in page and "dormant" in page
    assert client.post("/equipe/revue/", {}).status_code == 422
    data = {f"decision-{pk}": decision for pk, decision in decide(cabinet).items()}
    assert client.post("/equipe/revue/", data).status_code == 302
    assert RightsReview.unscoped.count() == 1
