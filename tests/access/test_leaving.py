"""Someone leaves: their keys go at once, whoever does it; those who stay get the new ones (P-HAB-2)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.access import accounts, setup
from serment.access.models import Person
from serment.operations.models import Run
from serment.retention import upkeep
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.models import DomainKey, Grant
from tests.cabinet import PASSWORD


def newest(circle_id: int, domain: str = "care") -> DomainKey:
    return DomainKey.unscoped.get(domain=domain, circle_id=circle_id, retired_at=None)


def test_the_owner_suspends_someone_of_another_circle(cabinet):
    """The owner has no key of that circle: grants go now, the epoch turns at the circle's next sign-in."""
    circle = cabinet.outsider.practitioner.circle_id
    before = newest(circle)
    owner = cabinet.client(cabinet.doctor)
    assert owner.post(f"/equipe/{encode(cabinet.outsider.pk)}/suspendre/").status_code == 302
    with cabinet.at_work(cabinet.doctor):
        person = Person.objects.get(pk=cabinet.outsider.pk)
        assert person.suspended_at and not Grant.objects.filter(holder_id=person.holder_id).exists()
        assert newest(circle).pk == before.pk and newest(circle).turn_due_at is not None
        recovered = setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code)
        assert len(custody.turn_due(recovered)) == 2, "care and archive of that circle"
        assert newest(circle).pk != before.pk and newest(circle).turn_due_at is None
        assert custody.turn_due(recovered) == []


def test_the_owner_works_on_with_the_new_keys_and_the_others_unlock(cabinet):
    owner, colleague = cabinet.client(cabinet.doctor), cabinet.client(cabinet.colleague)
    desk = cabinet.client(cabinet.secretary)
    assert owner.post(f"/equipe/{encode(cabinet.substitute.pk)}/suspendre/").status_code == 302
    assert colleague.get("/").status_code == desk.get("/").status_code == 423
    cabinet._keyrings.clear()
    fresh = cabinet.patient(by=cabinet.colleague, birth_family_name="Nouveau")
    path = f"/patients/{encode(fresh.pk)}/dossier/"
    assert owner.get(path).status_code == 200, (
        "sealed under the new epoch, read by the session that turned it"
    )
    assert colleague.post(
        "/deverrouiller/", {"password": cabinet.passwords[cabinet.colleague.pk]}
    ).status_code in (
        200,
        302,
    )
    assert colleague.get(path).status_code == 200


def test_a_password_of_another_circle_is_not_half_reset(cabinet):
    owner = cabinet.client(cabinet.doctor)
    answer = owner.post(f"/equipe/{encode(cabinet.outsider.pk)}/reinitialiser/", follow=True)
    assert "serment recover noa.kerjean" in answer.content.decode()
    with cabinet.at_work(cabinet.doctor):
        assert Grant.objects.filter(holder_id=cabinet.outsider.holder_id).exists()
    assert accounts.authenticate("noa.kerjean", cabinet.passwords[cabinet.outsider.pk]) is not None


def test_a_dormant_account_loses_its_keys_with_its_sessions(cabinet):
    long_ago = timezone.now() - timedelta(days=400)
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.colleague.pk).update(last_sign_in_at=long_ago, created_at=long_ago)
        upkeep.suspend_dormant(timezone.localdate(), upkeep.Diary(Run(counts={})))
        assert not Grant.objects.filter(holder_id=cabinet.colleague.holder_id).exists()
        assert newest(cabinet.circle.pk).turn_due_at is not None
    browser = cabinet.client(cabinet.secretary)
    answer = browser.post("/deconnexion/")
    assert answer.status_code == 302
    answer = browser.post("/connexion/", {"login": "camille.aubry", "password": PASSWORD})
    assert answer.status_code == 302
    with cabinet.at_work(cabinet.doctor):
        assert newest(cabinet.circle.pk).turn_due_at is None and newest(cabinet.circle.pk).epoch == 2
        found = accounts.authenticate("camille.aubry", PASSWORD)
        assert found is not None and found[1].holds(Domain.CARE, cabinet.circle.pk)
