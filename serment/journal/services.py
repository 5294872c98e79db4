"""Write an event, and prove the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from serment.journal import actions, anchor, chain
from serment.journal.models import Event, Head, Seal
from serment.vault.tenancy import all_practices, current_practice


@dataclass(frozen=True)
class Actor:
    """Who acts in this request or command: a person and their session, or nobody."""

    person_id: int | None = None
    session_id: int | None = None


_actor: ContextVar[Actor] = ContextVar("actor", default=Actor())  # noqa: B039 (frozen)


def set_actor(person_id: int | None, session_id: int | None = None) -> None:
    _actor.set(Actor(person_id, session_id))


@contextmanager
def acting(person_id: int | None, session_id: int | None = None) -> Iterator[None]:
    """Act as a person within the block."""
    mark = _actor.set(Actor(person_id, session_id))
    try:
        yield
    finally:
        _actor.reset(mark)


def record(
    action: str,
    *,
    subject_id: int | None = None,
    object_id: int | None = None,
    actor_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> int:
    """Append one event to the practice's chain, in the caller's transaction; gives its number.

    ``details`` holds codes, counts and ids, never a content. Raises ValueError for an action nobody registered.
    """
    if not actions.known(action):
        raise ValueError(f"unknown journal action {action!r}")
    practice_id, actor = current_practice(), _actor.get()
    actor_id = actor_id if actor_id is not None else actor.person_id
    with transaction.atomic(savepoint=False):
        seq, previous = _advance(practice_id)
        at = timezone.now()
        values: dict[str, Any] = {
            "practice_id": practice_id,
            "seq": seq,
            "at": at,
            "actor_id": actor_id,
            "session_id": actor.session_id,
            "action": action,
            "subject_id": subject_id,
            "object_id": object_id,
            "details": details or {},
        }
        digest = chain.digest(previous, **values)
        _append(values, digest)
        transaction.on_commit(lambda: anchor.remember(practice_id, seq, digest), robust=True)
    return seq


_INSERT = (
    "INSERT INTO journal_event (practice_id, seq, at, actor_id, session_id, action, subject_id, object_id, details, "
    "digest) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _append(values: dict[str, Any], digest: bytes) -> None:
    """Insert the event and move the head. Plain SQL: this runs in every request."""
    row = {
        **values,
        "at": connection.ops.adapt_datetimefield_value(values["at"]),
        "details": json.dumps(values["details"]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*row.values(), digest])
        cursor.execute(
            "UPDATE journal_head SET digest = %s WHERE practice_id = %s", [digest, values["practice_id"]]
        )


def _advance(practice_id: int) -> tuple[int, bytes]:
    """Take the next number, holding the head until the transaction ends: (number, previous hash)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_head SET seq = seq + 1 WHERE practice_id = %s RETURNING seq, digest",
            [practice_id],
        )
        row = cursor.fetchone()
        if row is None:
            Head.objects.create(practice_id=practice_id, seq=1, digest=chain.START)
            return 1, chain.START
    return row[0], bytes(row[1])


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. ``first_bad`` is the number of the first event that does not hold, if any."""

    practice_id: int
    events: int
    first_bad: int | None
    reason: str

    @property
    def sound(self) -> bool:
        return self.first_bad is None


def verify(practice_id: int) -> Verdict:
    """Recompute a practice's whole chain and compare its end with the head and the anchor."""
    with all_practices():
        return _verify(practice_id)


def _verify(practice_id: int) -> Verdict:
    digests: dict[int, bytes] = {}
    anchored = anchor.recall(practice_id)
    seal = Seal.unscoped.filter(practice_id=practice_id).order_by("-through_seq").first()
    previous, expected = (bytes(seal.digest), seal.through_seq + 1) if seal else (chain.START, 1)
    told = seal is None
    rows = Event.unscoped.filter(practice_id=practice_id).order_by("seq")
    for event in rows.iterator(chunk_size=5000):
        if event.seq != expected:
            reason = "événement supprimé" if event.seq > expected else "événement inséré"
            return Verdict(practice_id, expected - 1, expected, reason)
        computed = chain.digest(
            previous,
            practice_id=event.practice_id,
            seq=event.seq,
            at=event.at,
            actor_id=event.actor_id,
            session_id=event.session_id,
            action=event.action,
            subject_id=event.subject_id,
            object_id=event.object_id,
            details=event.details,
        )
        if computed != bytes(event.digest):
            return Verdict(practice_id, expected - 1, event.seq, "événement modifié ou inséré")
        if anchored and event.seq == anchored[0]:
            digests[event.seq] = computed
        told = told or (event.action == "journal.purged" and _tells_of(seal, event))
        previous, expected = computed, expected + 1
    count = expected - 1
    if seal and not told:
        return Verdict(
            practice_id, count, seal.through_seq + 1, "sceau de purge que le journal ne connaît pas"
        )
    if anchored and anchored[0] > count:
        return Verdict(practice_id, count, expected, "fin du journal supprimée (l’ancre va plus loin)")
    if anchored and digests.get(anchored[0]) != anchored[1]:
        return Verdict(practice_id, count, anchored[0], "le journal entier a été réécrit (l’ancre diffère)")
    head = Head.objects.filter(practice_id=practice_id).first()
    if head and head.seq > count:
        return Verdict(practice_id, count, expected, "fin du journal supprimée")
    if head and count and (head.seq != count or bytes(head.digest) != previous):
        return Verdict(practice_id, count, count, "événement ajouté hors du programme")
    if anchored is None and count:
        return Verdict(practice_id, count, 1, "fichier d’ancrage absent")
    return Verdict(practice_id, count, None, "chaîne intacte")


def _tells_of(seal: Seal | None, event: Event) -> bool:
    return (
        seal is not None
        and event.details.get("through") == seal.through_seq
        and event.details.get("digest") == bytes(seal.digest).hex()
    )
