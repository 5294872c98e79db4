"""What a form writes, it writes once: the page carries, signed, the id that its entry will have.

A second sending of the same page (a double click, an answer that was lost) finds the entry there. No row is kept for a
page that was only looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction

from serment.access.models import Person
from serment.record.models import Entry
from serment.record.services import NewEntry, Refused, add_entries, as_stored, patient_keys
from serment.vault.ids import decode, encode, new_id
from serment.vault.keyring import Keyring

FIELD = "once"


def _signer(request: Any, patient_id: int) -> signing.Signer:
    return signing.Signer(salt=f"record.once.{request.person.pk}.{patient_id}")


def token(request: Any, patient_id: int) -> str:
    """What the form carries in ``once``: the one it came with, else a new one."""
    text = str(request.POST.get(FIELD, ""))
    if _read(request, patient_id, text) is not None:
        return text
    return _signer(request, patient_id).sign(encode(new_id()))


def entry_id(request: Any, patient_id: int) -> int:
    """The id to give what is written; a new one where the page carries none of this person and patient."""
    return _read(request, patient_id, str(request.POST.get(FIELD, ""))) or new_id()


def _read(request: Any, patient_id: int, text: str) -> int | None:
    try:
        return decode(_signer(request, patient_id).unsign(text))
    except (signing.BadSignature, ValueError):
        return None


def add_once(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    entries: Sequence[NewEntry],
    action: str = "record.added",
    occurred_at: datetime | None = None,
) -> int:
    """Add entries made together, of which the first has its ``id``; again with the same, nothing. Gives that id.

    Raises NoKey, Refused (also when that page had written something else).
    """
    first = entries[0]
    if first.id is None:
        raise ValueError("the first entry has its id beforehand")
    known = find(patient_id, first.id)
    if known is None:
        try:
            with transaction.atomic():
                add_entries(
                    keyring=keyring,
                    author=author,
                    patient_id=patient_id,
                    entries=entries,
                    action=action,
                    occurred_at=occurred_at,
                )
            return first.id
        except IntegrityError:
            known = find(patient_id, first.id)
            if known is None:
                raise
    same_day = occurred_at is None or known.occurred_at == occurred_at
    if not same_day or patient_keys(keyring, patient_id).open(known, "payload") != as_stored(first.payload):
        raise Refused(
            "Cette page a déjà ajouté un élément au dossier\u00a0: corrigez-le depuis le dossier, ou copiez ce "
            "texte et ouvrez une nouvelle page."
        )
    return first.id


def find(patient_id: int, pk: int) -> Entry | None:
    return Entry.objects.filter(pk=pk, patient_id=patient_id).first()
