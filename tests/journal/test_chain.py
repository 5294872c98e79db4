"""The chain is proven, and each way of tampering is found and named (E-TRAC-3)."""

from __future__ import annotations

import pytest
from django.db import connection

from serment.journal import anchor, services
from serment.journal.chain import digest
from serment.journal.models import Event, Head


@pytest.fixture
def chain(cabinet, django_capture_on_commit_callbacks):
    """Twenty events of the practice, anchored."""
    with cabinet.at_work(cabinet.doctor), django_capture_on_commit_callbacks(execute=True):
        for number in range(20):
            services.record("access.refused", details={"permission": str(number)})
    return cabinet


def test_an_honest_chain_holds(chain):
    verdict = services.verify(chain.practice.pk)
    assert verdict.sound, verdict
    assert verdict.events >= 20


@pytest.mark.parametrize(
    "column, value",
    [
        ("actor_id", 12345),
        ("action", "patient.viewed"),
        ("details", '{"permission": "changed"}'),
        ("subject_id", 999),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_an_edited_event_is_named(chain, column, value):
    seq = services.verify(chain.practice.pk).events - 5
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE journal_event SET {column} = %s WHERE practice_id = %s AND seq = %s",
            [value, chain.practice.pk, seq],
        )
    verdict = services.verify(chain.practice.pk)
    assert verdict.first_bad == seq


def test_an_edited_event_with_its_own_hash_made_again_breaks_the_next(chain):
    """Each hash covers the one before: to hide an edit one must make the whole end again, which the anchor sees."""
    seq = services.verify(chain.practice.pk).events - 5
    event = Event.unscoped.get(practice_id=chain.practice.pk, seq=seq)
    before = Event.unscoped.get(practice_id=chain.practice.pk, seq=seq - 1)
    covered = ("practice_id", "seq", "at", "actor_id", "session_id", "subject_id", "object_id")
    made = digest(
        before.digest,
        action=event.action,
        details={"permission": "changed"},
        **{name: getattr(event, name) for name in covered},
    )
    Event.unscoped.filter(practice_id=chain.practice.pk, seq=seq).update(
        details={"permission": "changed"}, digest=made
    )
    assert services.verify(chain.practice.pk).first_bad == seq + 1


def test_a_deleted_event_is_named(chain):
    seq = services.verify(chain.practice.pk).events - 3
    Event.unscoped.filter(practice_id=chain.practice.pk, seq=seq).delete()
    verdict = services.verify(chain.practice.pk)
    assert (verdict.first_bad, verdict.reason) == (seq, "événement supprimé")


def test_a_deleted_event_with_renumbering_is_named(chain):
    seq = services.verify(chain.practice.pk).events - 3
    Event.unscoped.filter(practice_id=chain.practice.pk, seq=seq).delete()
    for later in Event.unscoped.filter(practice_id=chain.practice.pk, seq__gt=seq).order_by("seq"):
        Event.unscoped.filter(practice_id=chain.practice.pk, seq=later.seq).update(seq=later.seq - 1)
    assert services.verify(chain.practice.pk).first_bad == seq


def test_a_cut_end_is_found_by_the_anchor_even_when_the_head_was_moved_back(chain):
    count = services.verify(chain.practice.pk).events
    Event.unscoped.filter(practice_id=chain.practice.pk, seq__gt=count - 4).delete()
    last = Event.unscoped.get(practice_id=chain.practice.pk, seq=count - 4)
    Head.objects.filter(pk=chain.practice.pk).update(seq=count - 4, digest=last.digest)
    verdict = services.verify(chain.practice.pk)
    assert verdict.first_bad == count - 3
    assert "ancre" in verdict.reason


def test_an_event_added_by_hand_is_found(chain):
    count = services.verify(chain.practice.pk).events
    last = Event.unscoped.get(practice_id=chain.practice.pk, seq=count)
    last.seq = count + 1
    last.action = "patient.viewed"
    Event.unscoped.bulk_create([last])
    assert services.verify(chain.practice.pk).first_bad == count + 1


def test_a_whole_new_chain_is_found_by_the_anchor(chain, django_capture_on_commit_callbacks):
    Event.unscoped.filter(practice_id=chain.practice.pk).delete()
    Head.objects.filter(pk=chain.practice.pk).delete()
    count = anchor.recall(chain.practice.pk)[0]
    with chain.at_work(chain.doctor):
        for _ in range(count + 3):
            services.record("access.refused")
    assert not services.verify(chain.practice.pk).sound


def test_a_missing_anchor_is_said(chain, settings):
    anchor.forget()
    settings.JOURNAL_ANCHOR.unlink()
    assert services.verify(chain.practice.pk).reason == "fichier d’ancrage absent"


def test_the_anchor_never_goes_back(chain):
    seq, digest = anchor.recall(chain.practice.pk)
    anchor.remember(chain.practice.pk, seq - 1, b"\x01" * 32)
    assert anchor.recall(chain.practice.pk) == (seq, digest)


def test_an_unknown_action_is_refused(cabinet):
    with cabinet.at_work(cabinet.doctor), pytest.raises(ValueError, match="unknown"):
        services.record("patients.unheard_of")
