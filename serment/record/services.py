"""Write in the record: add, correct, mark in error. Nothing is overwritten; everything is signed by its author."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from serment.access.models import Person
from serment.journal import services as journal
from serment.record import kinds
from serment.record.models import Entry, EntryVersion
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey, SubjectKeys
from serment.vault.models import KeyHolder


class Refused(ValueError):
    """An act the record does not allow; the message is French."""


def signed_bytes(entry: Entry, payload: dict[str, Any]) -> bytes:
    """What a signature covers: where the entry belongs, its version, and its whole content."""
    head = [
        entry.practice_id,
        entry.patient_id,
        entry.pk,
        entry.kind,
        entry.version,
        entry.state,
        entry.occurred_at.timestamp(),
    ]
    body = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps(head).encode() + b"|" + body.encode()


@dataclass(frozen=True)
class NewEntry:
    """What to add: a kind and its validated content."""

    kind: str
    payload: BaseModel
    standing: bool | None = None


def patient_keys(keyring: Keyring, patient_id: int) -> SubjectKeys:
    """Care keys of one patient. Raises NoKey when this session follows them through no circle."""
    keys = keyring.subject_keys([patient_id], Domain.CARE)
    if patient_id not in keys:
        raise NoKey("no care key for this patient")
    return keys


def build(
    *,
    keyring: Keyring,
    keys: SubjectKeys,
    author: Person,
    patient_id: int,
    new: NewEntry,
    occurred_at: datetime,
    encounter_id: int | None,
) -> Entry:
    """An unsaved, sealed and signed entry."""
    kind = kinds.get(new.kind)
    entry = Entry(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        kind=new.kind,
        standing=kind.standing if new.standing is None else new.standing,
        author_id=author.pk,
        encounter_id=encounter_id,
        occurred_at=occurred_at,
        signer_id=keyring.holder_id,
    )
    payload = new.payload.model_dump(mode="json", exclude_defaults=True)
    keys.seal(entry, "payload", payload)
    entry.signature = crypto.sign(keyring.signing_seed, signed_bytes(entry, payload))
    return entry


@transaction.atomic
def add_entries(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    entries: Iterable[NewEntry],
    occurred_at: datetime | None = None,
    encounter_id: int | None = None,
    action: str = "record.added",
) -> list[Entry]:
    """Add entries taken together: the first is the encounter of the others when it is a consultation.

    Raises NoKey, Refused (author does not treat here).
    """
    if not author.can("record.write"):
        raise Refused("Votre profil ne permet pas d’écrire dans un dossier.")
    keys = patient_keys(keyring, patient_id)
    when = occurred_at or timezone.now()
    made: list[Entry] = []
    for new in entries:
        entry = build(
            keyring=keyring,
            keys=keys,
            author=author,
            patient_id=patient_id,
            new=new,
            occurred_at=when,
            encounter_id=encounter_id,
        )
        if new.kind == "consultation":
            encounter_id = entry.pk
        made.append(entry)
    Entry.objects.bulk_create(made)
    journal.record(
        action,
        subject_id=patient_id,
        object_id=made[0].pk,
        details={"kinds": sorted({entry.kind for entry in made}), "count": len(made)},
    )
    return made


def add_entry(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    kind: str,
    payload: BaseModel,
    encounter_id: int | None = None,
    action: str = "record.added",
) -> Entry:
    """Add one entry. Raises NoKey, Refused."""
    return add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=[NewEntry(kind, payload)],
        encounter_id=encounter_id,
        action=action,
    )[0]


def _keep_version(keys: SubjectKeys, entry: Entry, payload: dict[str, Any], reason: str, by: Person) -> None:
    past = EntryVersion(
        id=new_id(),
        practice_id=entry.practice_id,
        patient_id=entry.patient_id,
        entry=entry,
        number=entry.version,
        author_id=entry.author_id,
        occurred_at=entry.occurred_at,
        signer_id=entry.signer_id,
        signature=bytes(entry.signature),
        corrected_by=by.pk,
    )
    keys.seal(past, "payload", payload)
    keys.seal(past, "reason", {"text": reason})
    past.save(force_insert=True)


@transaction.atomic
def correct_entry(
    *,
    keyring: Keyring,
    author: Person,
    entry_id: int,
    version: int,
    payload: BaseModel,
    reason: str,
    standing: bool | None = None,
) -> Entry:
    """A new version with its reason; the old one stays. Raises Refused, NoKey, Entry.DoesNotExist."""
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    if len(reason.strip()) < 3:
        raise Refused("Une correction se justifie : indiquez pourquoi en quelques mots.")
    if entry.version != version:
        raise Refused("Quelqu’un d’autre a corrigé cet élément entre-temps. Rechargez la page et comparez.")
    keys = patient_keys(keyring, entry.patient_id)
    _keep_version(keys, entry, keys.open(entry, "payload"), reason.strip(), author)
    entry.version += 1
    entry.author_id, entry.signer_id = author.pk, keyring.holder_id
    if standing is not None:
        entry.standing = standing
    data = payload.model_dump(mode="json", exclude_defaults=True)
    keys.seal(entry, "payload", data)
    entry.signature = crypto.sign(keyring.signing_seed, signed_bytes(entry, data))
    entry.save()
    journal.record(
        "record.corrected",
        subject_id=entry.patient_id,
        object_id=entry.pk,
        details={"version": entry.version},
    )
    return entry


@transaction.atomic
def mark_in_error(*, keyring: Keyring, author: Person, entry_id: int, reason: str) -> Entry:
    """Take an entry out of the summary; it stays in the history with the reason. Raises Refused, NoKey."""
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    if len(reason.strip()) < 3:
        raise Refused("Indiquez pourquoi cet élément a été saisi par erreur.")
    keys = patient_keys(keyring, entry.patient_id)
    data = keys.open(entry, "payload")
    _keep_version(keys, entry, data, reason.strip(), author)
    entry.version += 1
    entry.state, entry.standing = Entry.State.IN_ERROR, False
    entry.author_id, entry.signer_id = author.pk, keyring.holder_id
    keys.seal(entry, "payload", data)
    entry.signature = crypto.sign(keyring.signing_seed, signed_bytes(entry, data))
    entry.save()
    journal.record("record.in_error", subject_id=entry.patient_id, object_id=entry.pk)
    return entry


def signature_holds(entry: Entry, payload: dict[str, Any]) -> bool:
    """Whether the signature of the current version is its author's, over this very content."""
    holder = KeyHolder.unscoped.filter(pk=entry.signer_id, practice_id=entry.practice_id).first()
    return holder is not None and crypto.verify(
        holder.signing_public_key, entry.signature, signed_bytes(entry, payload)
    )
