"""Write in the record: add, correct, mark in error. Nothing is overwritten; everything is signed by its author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients import restrictions
from serment.record import kinds, moments, signatures
from serment.record.kinds.content import is_over
from serment.record.models import Entry, EntryVersion
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey, SubjectKeys

MIN_REASON, MAX_REASON = 3, 300
MOVING = ("measure", "problem")
"""Kinds signed in the same act as a consultation: a correction of its date moves them."""


class Refused(ValueError):
    """An act the record does not allow; the message is French."""


@dataclass(frozen=True)
class NewEntry:
    """What to add: a kind and its validated content.

    ``standing``: whether it belongs to the summary (None: its kind and its state say). ``id``: the entry's id, where
    the caller chose it beforehand.
    """

    kind: str
    payload: BaseModel
    standing: bool | None = None
    id: int | None = None


def patient_keys(keyring: Keyring, patient_id: int) -> SubjectKeys:
    """Care keys of one patient. Raises NoKey when this session follows them through no circle."""
    keys = keyring.subject_keys([patient_id], Domain.CARE)
    if patient_id not in keys:
        raise NoKey("no care key for this patient")
    return keys


def stands(kind: kinds.Kind, payload: BaseModel) -> bool:
    """Whether such an entry belongs to the summary."""
    return kind.standing and not is_over(payload)


def as_stored(payload: BaseModel) -> dict[str, Any]:
    """A content as it is sealed."""
    return payload.model_dump(mode="json", exclude_defaults=True)


def _check_kind(kind: kinds.Kind, payload: BaseModel) -> None:
    if not isinstance(payload, kind.model):
        raise TypeError(f"{kind.code} takes a {kind.model.__name__}")


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
    """An unsaved, sealed and signed entry. Raises TypeError when the content is not of its kind."""
    kind = kinds.get(new.kind)
    _check_kind(kind, new.payload)
    entry = Entry(
        id=new.id or new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        kind=new.kind,
        standing=stands(kind, new.payload) if new.standing is None else new.standing,
        author_id=author.pk,
        encounter_id=encounter_id,
        occurred_at=occurred_at,
    )
    payload = as_stored(new.payload)
    keys.seal(entry, "payload", payload)
    signatures.sign(keyring, entry, payload)
    return entry


def _check_author(author: Person) -> None:
    if not author.can("record.write"):
        raise Refused("Votre profil ne permet pas d’écrire dans un dossier.")


def _not_to_come(moment: datetime) -> None:
    if moment > timezone.now() + timedelta(minutes=5):
        raise Refused("La date est dans le futur\u00a0: vérifiez-la.")


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
    """Add entries made together, in one insert and one event. A consultation is the encounter of those after it.

    ``occurred_at``: when it took place, None for now, unless a content says its own day (`moments.of`); when it is
    written is kept apart (``created_at``).
    Raises NoKey, Refused (the author does not write in records, or the moment is still to come).
    """
    _check_author(author)
    restrictions.require_free(patient_id)
    keys = patient_keys(keyring, patient_id)
    when = occurred_at or timezone.now()
    _not_to_come(when)
    made: list[Entry] = []
    for new in entries:
        entry = build(
            keyring=keyring,
            keys=keys,
            author=author,
            patient_id=patient_id,
            new=new,
            occurred_at=moments.of(new.payload, when),
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
    occurred_at: datetime | None = None,
    encounter_id: int | None = None,
    action: str = "record.added",
) -> Entry:
    """Add one entry. Raises NoKey, Refused."""
    return add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=[NewEntry(kind, payload)],
        occurred_at=occurred_at,
        encounter_id=encounter_id,
        action=action,
    )[0]


def _reason(text: str, missing: str) -> str:
    """The reason as it is kept. Raises Refused with ``missing`` when there is none, or when it is too long."""
    kept = text.strip()
    if len(kept) < MIN_REASON:
        raise Refused(missing)
    if len(kept) > MAX_REASON:
        raise Refused(f"La raison tient en {MAX_REASON} caractères\u00a0: raccourcissez-la.")
    return kept


def _take(entry_id: int, version: int | None) -> Entry:
    """The row to change, held until the transaction ends. Raises Refused, Entry.DoesNotExist."""
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    if version is not None and entry.version != version:
        raise Refused("Quelqu’un d’autre a corrigé cet élément entre-temps. Rechargez la page et comparez.")
    if entry.state == Entry.State.IN_ERROR:
        raise Refused("Cet élément est marqué « saisi par erreur » et ne change plus. Ajoutez-en un nouveau.")
    return entry


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


def _new_version(
    keyring: Keyring, keys: SubjectKeys, entry: Entry, author: Person, payload: dict[str, Any]
) -> None:
    """Seal, sign and save the next version of an entry, in its author's name."""
    entry.version += 1
    entry.author_id = author.pk
    keys.seal(entry, "payload", payload)
    signatures.sign(keyring, entry, payload)
    entry.save()


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
    occurred_at: datetime | None = None,
) -> Entry:
    """A new version with its reason; the old one stays. Raises Refused, NoKey, Entry.DoesNotExist.

    ``occurred_at``: when it took place, None where that was right or where the content says it. What was signed in
    the same act as a consultation (measures, problems) moves with it, each by a version of its own.
    """
    _check_author(author)
    why = _reason(reason, "Une correction se justifie\u00a0: indiquez pourquoi en quelques mots.")
    entry = _take(entry_id, version)
    restrictions.require_free(entry.patient_id)
    kind = kinds.get(entry.kind)
    _check_kind(kind, payload)
    keys = patient_keys(keyring, entry.patient_id)
    old, new = keys.open(entry, "payload"), as_stored(payload)
    before, when = entry.occurred_at, moments.of(payload, occurred_at or entry.occurred_at)
    _not_to_come(when)
    if old == new and when == before:
        raise Refused("Rien n’a changé\u00a0: modifiez l’élément, ou annulez.")
    _keep_version(keys, entry, old, why, author)
    entry.standing = stands(kind, payload) if standing is None else standing
    entry.occurred_at = when
    _new_version(keyring, keys, entry, author, new)
    if entry.kind == "consultation" and when != before:
        _move_with(keyring, keys, entry, before, why, author)
    journal.record(
        "record.corrected",
        subject_id=entry.patient_id,
        object_id=entry.pk,
        details={"kind": entry.kind, "version": entry.version},
    )
    return entry


def _move_with(
    keyring: Keyring, keys: SubjectKeys, encounter: Entry, before: datetime, why: str, by: Person
) -> None:
    """What was signed with a consultation took place when it did."""
    rows = Entry.objects.select_for_update().filter(
        encounter_id=encounter.pk, occurred_at=before, state=Entry.State.SIGNED, kind__in=MOVING
    )
    for row in rows:
        payload = keys.open(row, "payload")
        _keep_version(keys, row, payload, why, by)
        row.occurred_at = encounter.occurred_at
        _new_version(keyring, keys, row, by, payload)


@transaction.atomic
def mark_in_error(
    *,
    keyring: Keyring,
    author: Person,
    entry_id: int,
    reason: str,
    version: int | None = None,
    action: str = "record.in_error",
    said_in: str = "",
) -> Entry:
    """Take an entry out of the summary; it stays in the record with the reason. Raises Refused, NoKey.

    ``said_in``: field of its payload that carries the reason too, for who shows or prints it.
    """
    _check_author(author)
    why = _reason(reason, "Indiquez pourquoi cet élément a été saisi par erreur.")
    entry = _take(entry_id, version)
    restrictions.require_free(entry.patient_id)
    keys = patient_keys(keyring, entry.patient_id)
    data = keys.open(entry, "payload")
    _keep_version(keys, entry, data, why, author)
    entry.state, entry.standing = Entry.State.IN_ERROR, False
    _new_version(keyring, keys, entry, author, data | ({said_in: why} if said_in else {}))
    journal.record(
        action,
        subject_id=entry.patient_id,
        object_id=entry.pk,
        details={"kind": entry.kind, "version": entry.version},
    )
    return entry
