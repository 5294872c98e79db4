"""Drafts: saved as typed, sealed to the circle's public key, so that a locked session can still save.

A page has an id of its own, chosen by the server when it is opened. A page may save over what it saved itself and over
what was there when it was opened; over anything newer it may not: its text is then kept beside, and nothing is lost.
The id of a consultation page becomes the id of the entry it signs, so a signature sent twice signs once, and a save
that arrives after the signature is known for what it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import CharField
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.journal.models import Event
from serment.record.models import Draft, Entry
from serment.vault import custody
from serment.vault.crypto import CannotOpen
from serment.vault.domains import Domain
from serment.vault.ids import decode, encode, new_id
from serment.vault.keyring import Keyring
from serment.vault.prepared import Prepared, Slot

MAX_BYTES = 40_000
CONSULTATION = "consultation"
Data = dict[str, list[str]]


class DraftConflict(Exception):
    """Another page saved this draft since this one was opened: nothing is overwritten.

    ``kept``: this page's text is now kept beside the other.
    """

    def __init__(self, kept: bool) -> None:
        super().__init__("draft conflict")
        self.kept = kept


class AlreadySigned(Exception):
    """This page was signed: a save that was still on its way has nothing left to keep."""


class TooLong(ValueError):
    """More than MAX_BYTES: nothing was saved."""


@dataclass(frozen=True)
class Loaded:
    """A draft as its author finds it. ``data`` is None when no key here opens it any more."""

    row: Draft
    data: Data | None
    other: Data | None = None


_DRAFT = Prepared(
    lambda: Draft.objects.filter(
        patient_id=Slot("patient_id"), author_id=Slot("author_id"), kind=Slot("kind", CharField())
    )
)


def new_page() -> str:
    return encode(new_id())


def entry_id_of(page: str) -> int | None:
    """The entry that a page signs into; None for a page that the server did not name."""
    try:
        return decode(page)
    except ValueError:
        return None


def may_write(person: Person, patient_id: int) -> bool:
    """Whoever has opened this record may save a draft of it, even locked; nobody else."""
    return (
        person.can("record.write")
        and person.practitioner is not None
        and Event.objects.filter(subject_id=patient_id, actor_id=person.pk, action="record.viewed").exists()
    )


def _info(person_id: int, patient_id: int) -> str:
    return f"draft|{patient_id}|{person_id}"


def find(*, person: Person, patient_id: int, kind: str = CONSULTATION) -> Draft | None:
    found: Draft | None = _DRAFT.first(patient_id=patient_id, author_id=person.pk, kind=kind)
    return found


def save(
    *,
    person: Person,
    patient_id: int,
    data: Data,
    page: str,
    opened: datetime | None,
    kind: str = CONSULTATION,
    appointment_id: int | None = None,
) -> Draft:
    """Keep the form as it stands. Needs no key. Raises DraftConflict, AlreadySigned, TooLong."""
    plain = json.dumps(data, ensure_ascii=False).encode()
    if len(plain) > MAX_BYTES:
        raise TooLong("draft too long")
    assert person.practitioner is not None
    sealed = custody.put_in(
        person.practice_id, Domain.CARE, person.practitioner.circle_id, plain, _info(person.pk, patient_id)
    )
    place = {"patient_id": patient_id, "author_id": person.pk, "kind": kind}
    try:
        draft = _write(place, sealed, page, opened, appointment_id)
    except IntegrityError:  # two first saves at once: now there is a row to find
        draft = _write(place, sealed, page, opened, appointment_id)
    if draft.page != page:
        raise DraftConflict(kept=draft.other_page == page)
    return draft


@transaction.atomic
def _write(
    place: dict[str, object],
    sealed: tuple[int, bytes],
    page: str,
    opened: datetime | None,
    appointment_id: int | None,
) -> Draft:
    """The row after the save; its ``page`` is another one when this text was not the one to keep in front."""
    entry_id = entry_id_of(page)
    if entry_id is not None and Entry.objects.filter(pk=entry_id).exists():
        raise AlreadySigned
    draft = Draft.objects.select_for_update().filter(**place).first() or Draft(**place)
    if draft.revision and draft.page != page and not _seen(draft.updated_at, opened):
        if not draft.other_page or draft.other_page == page:
            draft.other_domain_key_id, draft.other_sealed = sealed
            draft.other_page, draft.other_at = page, timezone.now()
            draft.save(update_fields=["other_domain_key_id", "other_sealed", "other_page", "other_at"])
        return draft
    draft.domain_key_id, draft.sealed = sealed
    draft.page, draft.revision = page, draft.revision + 1
    draft.appointment_id = appointment_id or draft.appointment_id
    draft.save()
    return draft


def _seen(saved: datetime, opened: datetime | None) -> bool:
    """Whether a page opened then showed what had been saved."""
    return opened is not None and timezone.is_aware(opened) and saved <= opened


def load(*, keyring: Keyring, person: Person, patient_id: int, kind: str = CONSULTATION) -> Loaded | None:
    """The person's draft for this patient, if there is one."""
    draft = find(person=person, patient_id=patient_id, kind=kind)
    if draft is None:
        return None
    info = _info(person.pk, patient_id)
    other = None
    if draft.other_sealed is not None and draft.other_domain_key_id is not None:
        other = _open(keyring, draft.other_domain_key_id, draft.other_sealed, info)
    return Loaded(draft, _open(keyring, draft.domain_key_id, draft.sealed, info), other)


def _open(keyring: Keyring, domain_key_id: int, sealed: bytes, info: str) -> Data | None:
    """None when it does not open: an epoch of the circle's key that is gone must not close the whole page."""
    try:
        found: Data = json.loads(custody.take_out(keyring, domain_key_id, bytes(sealed), info))
    except CannotOpen:
        return None
    return found


def settle(
    *, person: Person, patient_id: int, page: str, opened: datetime | None, kind: str = CONSULTATION
) -> None:
    """A page was signed: its draft goes. A text that this page never showed stays, as the draft there is."""
    draft = find(person=person, patient_id=patient_id, kind=kind)
    if draft is None:
        return
    if opened is not None and draft.page != page and not _seen(draft.updated_at, opened):
        if draft.other_page == page:
            _forget_other(draft)
    elif draft.other_sealed is not None and draft.other_page != page:
        _bring_forward(draft)
        _forget_other(draft, "domain_key_id", "sealed", "page")
    else:
        draft.delete()


def _bring_forward(draft: Draft) -> None:
    assert draft.other_domain_key_id is not None and draft.other_sealed is not None
    draft.domain_key_id, draft.sealed = draft.other_domain_key_id, draft.other_sealed
    draft.page = draft.other_page


def _forget_other(draft: Draft, *more: str) -> None:
    draft.other_sealed, draft.other_domain_key_id, draft.other_page, draft.other_at = None, None, "", None
    names = ("other_sealed", "other_domain_key_id", "other_page", "other_at", *more)
    draft.save(update_fields=list(names))


@transaction.atomic
def discard(*, person: Person, patient_id: int, kind: str = CONSULTATION, other_only: bool = False) -> None:
    """Forget a draft at its author's wish, or only the text kept beside it."""
    draft = find(person=person, patient_id=patient_id, kind=kind)
    if draft is None:
        return
    if other_only:
        _forget_other(draft)
    else:
        draft.delete()
    journal.record("record.draft_discarded", subject_id=patient_id, details={"kind": kind})


@transaction.atomic
def swap(*, person: Person, patient_id: int, kind: str = CONSULTATION) -> None:
    """Take up the text kept beside; the one in front is kept beside in its turn. Nothing is opened for it."""
    draft = find(person=person, patient_id=patient_id, kind=kind)
    if draft is None or draft.other_sealed is None:
        return
    front = (draft.domain_key_id, draft.sealed, draft.page, draft.updated_at)
    _bring_forward(draft)
    draft.other_domain_key_id, draft.other_sealed, draft.other_page, draft.other_at = front
    draft.revision += 1
    draft.save()
