"""Archive, consult, bring back, destroy (R7.3-R7.8, P-ARCH-1, P-ARCH-2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import DateField
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.restrictions import require_free
from serment.privacy import copy
from serment.retention import clock, departures, holds, moves, store
from serment.retention.models import ArchivedFile, Certificate, Departure, Hold, Look
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey
from serment.vault.models import IndexToken
from serment.vault.prepared import Prepared, Slot

BATCH = 50
MIN_REASON = 5


class Refused(ValueError):
    """French: why nothing was done."""


def archive(*, keyring: Keyring, author: Person, due: clock.Due) -> ArchivedFile:
    """Make one file ready and put it away at once. Raises Frozen, Held, NoKey, NotReady, Missing."""
    require_free(due.patient_id)
    holds.require_none(due.patient_id)
    departures.shed(list(Departure.objects.filter(patient_id=due.patient_id)))
    row = Departure.objects.create(
        patient_id=due.patient_id, last_on=due.last_on, leaves_on=clock.terms().leaves_on(due.last_on)
    )
    if not departures.prepare(keyring=keyring, author=author, ids=[row.pk]):
        raise NoKey("no archive key for this patient's circles")
    row.refresh_from_db()
    return moves.put_away(row, author_id=author.pk)


@dataclass(frozen=True)
class Outcome:
    """How a batch went. ``left``: files that wait, by reason."""

    archived: int
    left: dict[str, int]


def archive_batch(*, keyring: Keyring, author: Person, limit: int = BATCH) -> Outcome:
    """What the night would do, now, with this session's keys to make files ready. Raises Missing."""
    departures.foresee()
    departures.prepare(keyring=keyring, author=author, ids=departures.waiting(keyring))
    done, left = moves.move(limit=limit, author_id=author.pk)
    if still := departures.counts()["waiting"]:
        left["en attente d’un praticien qui les suit"] = still
    return Outcome(done, left)


def find(*, keyring: Keyring, family: str, first: str, born: date) -> list[ArchivedFile]:
    """Archived files of a person: the exact birth name, first given name and birth date are needed. Raises NoKey."""
    circles = keyring.circles(Domain.ARCHIVE)
    if not circles:
        raise NoKey("no archive key")
    tokens = [departures.identity_token(keyring, circle, family, first, born) for circle in circles]
    known = IndexToken.objects.filter(token__in=tokens).values_list("subject_id", flat=True)
    return list(ArchivedFile.objects.filter(pk__in=list(known)).order_by("-archived_at"))


def consult(*, keyring: Keyring, author: Person, archive_id: int, reason: str) -> dict[str, Any]:
    """Read an archived file: a named person, a reason, an event (P-ARCH-1). Raises Refused, NoKey, Missing.

    The file is put back in a transaction that is then undone: what is read is what would come back.
    """
    why = reason.strip()
    if len(why) < MIN_REASON:
        raise Refused("Dites pourquoi vous ouvrez cette archive.")
    row = ArchivedFile.objects.get(pk=archive_id)
    bundle = moves.opened(keyring, row)
    readable: dict[str, Any]
    if "readable" in bundle:
        readable = bundle["readable"]
    else:
        apart = replace(keyring, opened=None)
        with transaction.atomic():
            readable = copy.gather(keyring=apart, patient_id=moves.put_back(apart, bundle))
            transaction.set_rollback(True)
    with transaction.atomic():
        look = Look(id=new_id(), practice_id=keyring.practice_id, archived=row, person_id=author.pk)
        moves.key_of(keyring, row).seal(look, "reason", {"text": why[:300]})
        look.save(force_insert=True)
        journal.record("retention.consulted", object_id=row.pk)
    return readable


def looks(*, keyring: Keyring, row: ArchivedFile) -> list[tuple[Look, str]]:
    """Who opened a file and why, newest first. Raises NoKey."""
    keys = moves.key_of(keyring, row)
    return [(look, keys.open(look, "reason")["text"]) for look in row.looks.order_by("-at")]


@transaction.atomic
def bring_back(*, keyring: Keyring, author: Person, archive_id: int) -> int:
    """The patient returns: their file is active again; gives its id. Raises NoKey, Missing."""
    row = ArchivedFile.objects.select_for_update().get(pk=archive_id)
    patient_id = moves.put_back(keyring, moves.opened(keyring, row))
    moves.forget(row)
    row.delete()
    journal.record("retention.returned", subject_id=patient_id, object_id=archive_id)
    transaction.on_commit(lambda: store.drop(archive_id))
    return patient_id


_ENDED = Prepared(
    lambda: (
        ArchivedFile.objects.filter(destroy_on__lte=Slot("day", DateField()))
        .exclude(pk__in=Hold.objects.filter(archived__isnull=False, lifted_at=None).values("archived_id"))
        .order_by("pk")
    )
)


def ended(today: date | None = None) -> list[ArchivedFile]:
    """Archived files whose term has come, but those that a hold keeps."""
    found: list[ArchivedFile] = _ENDED.all(day=today or timezone.localdate())
    return found


def confirmation(found: list[ArchivedFile]) -> str:
    """The code to type: it changes with anything that would be destroyed."""
    text = "|".join(f"{row.pk}:{row.digest}:{row.destroy_on}" for row in found)
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper() if found else ""


def message(row: Certificate) -> bytes:
    """The bytes that a certificate's signature covers."""
    parts = (row.practice_id, row.pk, row.rule, row.files, row.keys, row.bytes, row.digest, row.event)
    return "|".join(map(str, parts)).encode()


@transaction.atomic
def destroy(*, keyring: Keyring, author: Person, code: str) -> Certificate:
    """Destroy what has ended: keys first, then files and rows; leave a signed certificate. Raises Refused."""
    found = ended()
    if not found:
        raise Refused("Rien n’est à détruire.")
    if code.strip().upper() != confirmation(found):
        raise Refused("Le code ne correspond pas à ce qui serait détruit maintenant\u00a0: relisez la liste.")
    keys = sum(moves.forget(row) for row in found)
    digest = hashlib.sha256("".join(row.digest for row in found).encode()).hexdigest()
    total = sum(row.bytes for row in found)
    event = journal.record(
        "retention.destroyed", details={"files": len(found), "keys": keys, "rule": clock.RULE}
    )
    made = Certificate(
        id=new_id(),
        practice_id=keyring.practice_id,
        author_id=author.pk,
        rule=clock.RULE,
        files=len(found),
        keys=keys,
        bytes=total,
        digest=digest,
        event=event,
        signer_id=keyring.holder_id,
    )
    made.signature = crypto.sign(keyring.signing_seed, message(made))
    made.save(force_insert=True)
    ids = [row.pk for row in found]
    ArchivedFile.objects.filter(pk__in=ids).delete()
    transaction.on_commit(lambda: [store.drop(archive_id) for archive_id in ids])
    return made
