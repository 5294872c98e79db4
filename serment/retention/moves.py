"""Out of the active base, and back: the move itself, which reads nothing (R7.4, ADR 0014).

A file on the medium is the patient's rows, still sealed field by field, and the patient's keys, sealed for the archive
by a session beforehand. The whole is sealed again, so that not even dates show there, under a key that hangs from the
archive domain in the active base's keyring: neither medium opens without the other.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.journal import services as journal
from serment.operations import archives, backup
from serment.patients.models import Patient
from serment.patients.restrictions import Frozen, require_free
from serment.retention import clock, departures, holds, rows, store
from serment.retention.models import ArchivedFile, Departure
from serment.vault import archive as keys_of_archive
from serment.vault import closed, index
from serment.vault.domains import Domain
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring, NoKey, SubjectKeys
from serment.vault.models import IndexToken
from serment.vault.tenancy import current_practice

FORMAT = 2
SHOWN_EVERY = 50


class NotReady(Exception):
    """The file cannot leave yet: no session made it ready, or it changed since."""


def put_away(row: Departure, *, author_id: int | None = None) -> ArchivedFile:
    """Move one file that was made ready; no key is needed. Raises Frozen, Held, NotReady, Missing.

    The file is on the medium, flushed, before the rows go; stopped in between, the next run writes it again.
    """
    require_free(row.patient_id)
    holds.require_none(row.patient_id)
    if row.sealed is None or row.archive_id is None:
        raise NotReady
    archive_id, file_key_id, written = row.archive_id, new_id(), False
    open_medium()
    try:
        with transaction.atomic():
            _still_ready(row)
            taken = rows.take(row.patient_id)
            bundle = {
                "format": FORMAT,
                "patient_id": row.patient_id,
                "circles": row.circles,
                "guests": keys_of_archive.guests_of(row.patient_id),
                "closed_to": closed.text_of(row.patient_id),
                "keys": base64.b64encode(bytes(row.sealed)).decode(),
                **taken.bundle,
            }
            nobody = Keyring(practice_id=current_practice(), holder_id=0)
            keys = keys_of_archive.new_archive_keys(nobody, {file_key_id: row.circles})
            closed.carry({archive_id: row.patient_id, file_key_id: row.patient_id})
            data = keys.seal_bytes(file_key_id, "archive", json.dumps(bundle, default=str).encode())
            end = clock.terms().archive_end(row.last_on)
            written = True  # from here on the medium may hold this file
            made: ArchivedFile = ArchivedFile.objects.create(
                id=archive_id,
                file_key_id=file_key_id,
                last_on=row.last_on,
                archived_by=author_id,
                destroy_on=max(end, date(row.keep_year, 12, 31)) if row.keep_year else end,
                rule=clock.RULE,
                digest=store.put(archive_id, data),
                bytes=len(data),
                checked_at=timezone.now(),
            )
            IndexToken.objects.bulk_create(index.rows(archive_id, row.tokens.values()))
            journal.record(
                "retention.archived",
                object_id=archive_id,
                details={"rows": taken.bundle["count"], "rule": clock.RULE},
            )
            rows.remove(row.patient_id, taken)
            keys_of_archive.forget(row.patient_id)
    except BaseException:
        # Another hand may have put this very file away a moment ago, and a COMMIT may have passed without our hearing
        # of it: what a row answers for is never dropped. A file without a row is written again by the next night.
        if written and not ArchivedFile.objects.filter(pk=archive_id).exists():
            store.drop(archive_id)
        raise
    return made


def open_medium() -> None:
    """Raises Missing when the medium that holds earlier files is not there."""
    store.open_medium(used=ArchivedFile.objects.exists())


def _still_ready(row: Departure) -> None:
    """Hold the patient's row, and refuse what was changed since it was made ready. Raises NotReady."""
    patient = Patient.objects.select_for_update().filter(pk=row.patient_id).first()
    if patient is None or patient.version != row.version:
        raise NotReady
    if departures.circles_of([row.patient_id]).get(row.patient_id, []) != row.circles:
        raise NotReady


def move(
    *,
    today: date | None = None,
    limit: int,
    author_id: int | None = None,
    say: Callable[[int], None] | None = None,
) -> tuple[int, dict[str, int]]:
    """Archive up to ``limit`` files that are ready and past their day: (how many, those left by reason).

    Each in a transaction of its own: stopped anywhere, it goes on from there. ``say`` is told how many are done, every
    fifty. Raises Missing.
    """
    day, terms, cursor, done, left = today or timezone.localdate(), clock.terms(), 0, 0, dict[str, int]()
    ready = Departure.objects.filter(leaves_on__lte=day, sealed__isnull=False).order_by("pk")
    while done < limit and (batch := list(ready.filter(pk__gt=cursor)[: min(SHOWN_EVERY, limit - done)])):
        for row in batch:
            reason = _moved(row, day, terms, author_id)
            if reason:
                left[reason] = left.get(reason, 0) + 1
            else:
                done += 1
        cursor = batch[-1].pk
        if say is not None:
            say(done)
    return done, left


def _moved(row: Departure, day: date, terms: clock.Terms, author_id: int | None) -> str:
    """Why a file stays; empty when it went."""
    created = Patient.objects.values_list("created_at", flat=True).get(pk=row.patient_id)
    last = clock.last_interventions([(row.patient_id, created)])[row.patient_id]
    if terms.leaves_on(last) > day:
        return "repris depuis"
    try:
        put_away(row, author_id=author_id)
    except Frozen:
        return "données gelées à la demande du patient"
    except holds.Held:
        return "retenus"
    except NotReady:
        return "à préparer de nouveau"
    return ""


def key_of(keyring: Keyring, row: ArchivedFile) -> SubjectKeys:
    """Raises NoKey for whoever does not follow this patient."""
    wanted = [row.pk, row.file_key_id] if row.file_key_id else [row.pk]
    keys = keyring.subject_keys_in(wanted, [Domain.ARCHIVE]).get(Domain.ARCHIVE)
    if keys is None or any(subject_id not in keys for subject_id in wanted):
        raise NoKey("no key for this archived file")
    return keys


def opened(keyring: Keyring, row: ArchivedFile) -> dict[str, Any]:
    """The bundle of a file, its ``keys`` in clear. Raises NoKey, CannotOpen, Missing."""
    keys, data = key_of(keyring, row), store.get(row.pk, row.digest)
    bundle: dict[str, Any] = json.loads(keys.open_bytes(row.file_key_id or row.pk, "archive", data))
    if bundle.get("format") == FORMAT:
        sealed = base64.b64decode(bundle["keys"])
        bundle["keys"] = json.loads(keys.open_bytes(row.pk, "departure", sealed))
    return bundle


def put_back(keyring: Keyring, bundle: dict[str, Any]) -> int:
    """The rows and the keys as they were, in the caller's transaction; gives the patient's id."""
    patient_id = int(bundle["patient_id"])
    rows.put_back(bundle, patient_id)
    keys_of_archive.give_back(
        keyring,
        patient_id,
        bundle["keys"],
        bundle["circles"],
        bundle.get("guests", []),
        bundle.get("closed_to", ""),
    )
    return patient_id


def forget(row: ArchivedFile) -> int:
    """End of an archived file's keys and tokens; gives how many wrapped keys went."""
    IndexToken.objects.filter(subject_id=row.pk).delete()
    gone = keys_of_archive.forget(row.pk)
    return gone + (keys_of_archive.forget(row.file_key_id) if row.file_key_id else 0)


@dataclass(frozen=True)
class Checked:
    """``read``: files compared; ``repaired``: put back from the copy in the backups; ``bad``: ids lost for good."""

    read: int
    repaired: int
    bad: list[int]


def check(limit: int) -> Checked:
    """Compare the oldest-checked files with their digest, and mend what can be (R7.6). Raises Missing.

    Reading needs no key. A file not as it was put away is put back from its copy, where the backups hold one.
    """
    open_medium()
    oldest = list(ArchivedFile.objects.order_by("checked_at", "pk")[:limit])
    copies, repaired, bad = backup.folder() / backup.ARCHIVES, 0, []
    for row in oldest:
        try:
            store.get(row.pk, row.digest)
        except store.Missing:
            if archives.repair(encode(row.pk), row.digest, copies):
                repaired += 1
            else:
                bad.append(row.pk)
    sound = [row.pk for row in oldest if row.pk not in bad]
    ArchivedFile.objects.filter(pk__in=sound).update(checked_at=timezone.now())
    return Checked(len(oldest), repaired, bad)
