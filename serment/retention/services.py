"""Archive, consult, bring back, destroy (R7.3-R7.8, P-ARCH-1, P-ARCH-2)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.billing.models import Payment
from serment.formats.names import fold
from serment.journal import services as journal
from serment.patients.restrictions import require_free
from serment.patients.selectors import card
from serment.privacy import copy
from serment.retention import clock, holds, rows, store
from serment.retention.models import ArchivedFile, Certificate, Hold
from serment.vault import archive as keys_of_archive
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey, SubjectKeys

BATCH = 50


class Refused(ValueError):
    """French: why nothing was done."""


def _token(keyring: Keyring, family: str, first: str, born: date) -> list[int]:
    """Tokens of an identity, one for each circle whose archive is held here."""
    text = f"archive:{fold(family)}|{fold(first)}|{born.isoformat()}"
    circles = keyring.circles(Domain.ARCHIVE)
    return [crypto.token(keyring.current(Domain.ARCHIVE, circle).index_key, text) for circle in circles]


def archive(*, keyring: Keyring, author: Person, due: clock.Due) -> ArchivedFile:
    """Put one file away: sealed on the archive's medium, then gone from the active base. Raises Frozen, NoKey, Refused.

    The patient's own keys go inside, under a key of the archive domain: neither medium opens without the other.
    """
    require_free(due.patient_id)
    holds.require_none(due.patient_id)
    who = card(keyring=keyring, patient_id=due.patient_id)
    readable = copy.gather(keyring=keyring, patient_id=due.patient_id)
    circles = keys_of_archive.circles_of(due.patient_id)
    mine = [circle for circle in circles if keyring.holds(Domain.ARCHIVE, circle)]
    if not mine:
        raise NoKey("no archive key for this patient's circles")
    archive_id = new_id()
    try:
        with transaction.atomic():
            taken = rows.take(due.patient_id)
            bundle = {
                "patient_id": due.patient_id,
                "circles": circles,
                "keys": keys_of_archive.take_keys(keyring, due.patient_id),
                "readable": readable,
                **taken,
            }
            keys = keys_of_archive.new_archive_key(keyring, archive_id, circles)
            plain = json.dumps(bundle, ensure_ascii=False, default=str).encode()
            data = keys.seal_bytes(archive_id, "archive", plain)
            identity = who.identity
            made: ArchivedFile = ArchivedFile.objects.create(
                id=archive_id,
                lookup=crypto.token(
                    keyring.current(Domain.ARCHIVE, mine[0]).index_key,
                    f"archive:{fold(identity.birth_family_name)}|{fold(identity.first_given_name)}|"
                    f"{identity.birth_date.isoformat()}",
                ),
                last_on=due.last_on,
                archived_by=author.pk,
                destroy_on=clock.destroy_on(due.last_on, identity.birth_date),
                rule=clock.RULE,
                digest=store.put(archive_id, data),
                bytes=len(data),
                receipts=_receipts(due.patient_id),
            )
            journal.record(
                "retention.archived",
                object_id=archive_id,
                details={"rows": taken["count"], "rule": clock.RULE},
            )
            rows.remove(due.patient_id)
            keys_of_archive.forget(due.patient_id)
    except BaseException:
        store.drop(archive_id)
        raise
    return made


def _receipts(patient_id: int) -> list[list[Any]]:
    payments = Payment.objects.filter(patient_id=patient_id).order_by("received_at", "pk")
    return [[f"{p.received_at:%Y-%m-%d}", p.mode, p.amount_cents] for p in payments]


@dataclass(frozen=True)
class Outcome:
    """How a batch went. ``left``: files that wait, by reason."""

    archived: int
    left: dict[str, int]


def archive_batch(*, keyring: Keyring, author: Person, limit: int = BATCH) -> Outcome:
    """Archive up to ``limit`` files, each in its own transaction: stopped anywhere, it goes on from there."""
    done, left = 0, dict[str, int]()
    for due in clock.sweep():
        if done >= limit:
            break
        if due.held:
            left[due.held] = left.get(due.held, 0) + 1
            continue
        try:
            archive(keyring=keyring, author=author, due=due)
            done += 1
        except NoKey:
            reason = "suivis par un autre cercle de soins"
            left[reason] = left.get(reason, 0) + 1
    return Outcome(done, left)


def find(*, keyring: Keyring, family: str, first: str, born: date) -> list[ArchivedFile]:
    """Archived files of a person: the exact birth name, first given name and birth date are needed. Raises NoKey."""
    if not keyring.holds(Domain.ARCHIVE):
        raise NoKey("no archive key")
    return list(ArchivedFile.objects.filter(lookup__in=_token(keyring, family, first, born)))


def key_of(keyring: Keyring, row: ArchivedFile) -> SubjectKeys:
    """Raises NoKey for whoever does not follow this patient."""
    keys = keyring.subject_keys([row.pk], Domain.ARCHIVE)
    if row.pk not in keys:
        raise NoKey("no key for this archived file")
    return keys


def _open(keyring: Keyring, row: ArchivedFile) -> dict[str, Any]:
    keys = key_of(keyring, row)
    found: dict[str, Any] = json.loads(keys.open_bytes(row.pk, "archive", store.get(row.pk, row.digest)))
    return found


def consult(*, keyring: Keyring, author: Person, archive_id: int, reason: str) -> dict[str, Any]:
    """Read an archived file: a named person, a reason, an event (P-ARCH-1). Raises Refused, NoKey, Missing."""
    if len(reason.strip()) < 5:
        raise Refused("Dites pourquoi vous ouvrez cette archive.")
    row = ArchivedFile.objects.get(pk=archive_id)
    opened = _open(keyring, row)
    journal.record("retention.consulted", object_id=row.pk, details={"letters": len(reason.strip())})
    readable: dict[str, Any] = opened["readable"]
    return readable


@transaction.atomic
def bring_back(*, keyring: Keyring, author: Person, archive_id: int) -> int:
    """The patient returns: their file is active again; gives its id. Raises NoKey, Missing."""
    row = ArchivedFile.objects.select_for_update().get(pk=archive_id)
    opened = _open(keyring, row)
    patient_id = int(opened["patient_id"])
    rows.put_back(opened, patient_id)
    keys_of_archive.give_back(keyring, patient_id, opened["keys"], opened["circles"])
    keys_of_archive.forget(row.pk)
    row.delete()
    journal.record("retention.returned", subject_id=patient_id, object_id=archive_id)
    transaction.on_commit(lambda: store.drop(archive_id))
    return patient_id


def ended(today: date | None = None) -> list[ArchivedFile]:
    """Archived files whose term has come, but those that a hold keeps."""
    rows = ArchivedFile.objects.filter(destroy_on__lte=today or timezone.localdate())
    held = Hold.objects.filter(archived__isnull=False, lifted_at=None).values("archived_id")
    return list(rows.exclude(pk__in=held).order_by("pk"))


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
    keys = sum(keys_of_archive.forget(row.pk) for row in found)
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
