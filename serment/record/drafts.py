"""Drafts: saved as typed, sealed to the circle's public key, so that a locked session can still save."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from serment.access.models import Person
from serment.journal.models import Event
from serment.record.models import Draft
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

MAX_BYTES = 40_000


class DraftConflict(Exception):
    """Another page saved this draft since this one was opened: nothing is overwritten."""


def may_write(person: Person, patient_id: int) -> bool:
    """Whoever has opened this record may save a draft of it, even locked; nobody else."""
    return (
        person.can("record.write")
        and person.practitioner is not None
        and Event.objects.filter(subject_id=patient_id, actor_id=person.pk, action="record.viewed").exists()
    )


def _info(person: Person, patient_id: int) -> str:
    return f"draft|{patient_id}|{person.pk}"


@transaction.atomic
def save(
    *, person: Person, patient_id: int, data: dict[str, list[str]], page: str, opened: datetime | None
) -> Draft:
    """Keep the form as it stands. Needs no key. Raises DraftConflict, ValueError (too long)."""
    plain = json.dumps(data, ensure_ascii=False).encode()
    if len(plain) > MAX_BYTES:
        raise ValueError("draft too long")
    assert person.practitioner is not None
    before = Draft.objects.select_for_update().filter(patient_id=patient_id, author_id=person.pk).first()
    if before and before.page != page and (opened is None or before.updated_at > opened):
        raise DraftConflict
    key_id, sealed = custody.put_in(
        person.practice_id, Domain.CARE, person.practitioner.circle_id, plain, _info(person, patient_id)
    )
    draft = before or Draft(patient_id=patient_id, author_id=person.pk)
    draft.domain_key_id, draft.sealed, draft.page = key_id, sealed, page
    draft.save()
    return draft


def load(*, keyring: Keyring, person: Person, patient_id: int) -> tuple[Draft, dict[str, list[str]]] | None:
    """The person's draft for this patient, if there is one. Raises NoKey, CannotOpen."""
    draft = Draft.objects.filter(patient_id=patient_id, author_id=person.pk).first()
    if draft is None:
        return None
    plain = custody.take_out(keyring, draft.domain_key_id, bytes(draft.sealed), _info(person, patient_id))
    return draft, json.loads(plain)


def discard(*, person: Person, patient_id: int) -> None:
    Draft.objects.filter(patient_id=patient_id, author_id=person.pk).delete()
