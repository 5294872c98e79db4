"""A purge keeps the chain provable, and no seal of one's own making hides anything (E-TRAC-3, E-TRAC-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.journal import chain, purge, services
from serment.journal.models import Event, Head, Seal
from serment.vault.tenancy import all_practices


@pytest.fixture
def aged(cabinet, django_capture_on_commit_callbacks):
    """Thirty events, the first twenty two years old: rewritten with their hashes, as time would have left them."""
    with cabinet.at_work(cabinet.doctor), django_capture_on_commit_callbacks(execute=True):
        for number in range(30):
            services.record("access.refused", details={"permission": str(number)})
    old = timezone.now() - timedelta(days=730)
    with all_practices():
        rows = list(Event.unscoped.filter(practice_id=cabinet.practice.pk).order_by("seq"))
        previous = chain.START
        for place, row in enumerate(rows):
            if place < len(rows) - 10:
                row.at = old
            values = {
                name: getattr(row, name)
                for name in (
                    "practice_id",
                    "seq",
                    "at",
                    "actor_id",
                    "session_id",
                    "action",
                    "subject_id",
                    "object_id",
                    "details",
                )
            }
            previous = chain.digest(previous, **values)
            Event.unscoped.filter(practice_id=row.practice_id, seq=row.seq).update(at=row.at, digest=previous)
        Head.objects.filter(practice_id=cabinet.practice.pk).update(digest=previous)
    from serment.journal import anchor

    anchor.forget()
    from pathlib import Path

    from django.conf import settings

    Path(settings.JOURNAL_ANCHOR).unlink()
    anchor.remember(cabinet.practice.pk, rows[-1].seq, previous)
    assert services.verify(cabinet.practice.pk).sound
    return cabinet


def purged(cabinet, capture) -> int:
    with cabinet.at_work(cabinet.doctor), capture(execute=True):
        return purge.purge(timezone.now() - timedelta(days=365))


def test_old_events_go_and_the_chain_still_holds(aged, django_capture_on_commit_callbacks):
    before = Event.unscoped.filter(practice_id=aged.practice.pk).count()
    went = purged(aged, django_capture_on_commit_callbacks)
    assert went == before - 10
    assert Event.unscoped.filter(practice_id=aged.practice.pk).count() == 11
    assert services.verify(aged.practice.pk).sound
    assert purged(aged, django_capture_on_commit_callbacks) == 0


def test_tampering_after_a_purge_is_still_found(aged, django_capture_on_commit_callbacks):
    purged(aged, django_capture_on_commit_callbacks)
    first = Event.unscoped.filter(practice_id=aged.practice.pk).order_by("seq").first()
    Event.unscoped.filter(practice_id=aged.practice.pk, seq=first.seq).delete()
    assert not services.verify(aged.practice.pk).sound


def test_a_seal_made_by_hand_hides_nothing(aged):
    third = Event.unscoped.filter(practice_id=aged.practice.pk).order_by("seq")[2]
    Seal.unscoped.create(practice_id=aged.practice.pk, through_seq=third.seq, digest=third.digest, events=3)
    Event.unscoped.filter(practice_id=aged.practice.pk, seq__lte=third.seq).delete()
    verdict = services.verify(aged.practice.pk)
    assert (verdict.first_bad, verdict.reason) == (
        third.seq + 1,
        "sceau de purge que le journal ne connaît pas",
    )


def test_a_broken_chain_is_never_purged(aged):
    last = Event.unscoped.filter(practice_id=aged.practice.pk).order_by("-seq")[1]
    Event.unscoped.filter(practice_id=aged.practice.pk, seq=last.seq).update(action="patient.viewed")
    with aged.at_work(aged.doctor), pytest.raises(purge.Unsound):
        purge.purge(timezone.now() - timedelta(days=365))
