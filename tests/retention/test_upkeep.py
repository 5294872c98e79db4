"""The nightly run ends what needs no key, and says what waits for one (R7.1, P-HAB-2)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.access.models import Person, Session
from serment.operations.models import Run
from serment.retention import upkeep


def test_sessions_end_with_their_term_and_dormant_accounts_are_suspended(cabinet):
    with cabinet.at_work(cabinet.doctor):
        old = timezone.now() - timedelta(days=400)
        Session.objects.create(
            person=cabinet.doctor, practice_id=cabinet.practice.pk, token_hash="x", created_at=old
        )
        Person.objects.filter(pk=cabinet.secretary.pk).update(last_sign_in_at=old)
        Person.objects.filter(pk=cabinet.doctor.pk).update(last_sign_in_at=old)
    row = upkeep.run()
    assert row.ok and row.kind == Run.Kind.UPKEEP
    assert row.counts["sessions"] == 1 and row.counts["dormant"] == 1
    assert "1 sessions" in row.message
    assert Person.unscoped.get(pk=cabinet.secretary.pk).suspended_at
    assert Person.unscoped.get(pk=cabinet.doctor.pk).suspended_at is None, "the owner is never locked out"


def test_a_dormant_account_is_announced_before(cabinet):
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.secretary.pk).update(
            last_sign_in_at=timezone.now() - timedelta(days=100)
        )
        found = [(person.pk, days) for person, days in upkeep.dormant()]
    assert found == [(cabinet.secretary.pk, 20)]


def test_a_second_run_finds_nothing_left(cabinet):
    upkeep.run()
    assert upkeep.run().message == "rien n’était au terme"
