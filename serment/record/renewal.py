"""Kinds of which a patient has one at a time: what is said anew replaces what was said, whose history is kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from pydantic import BaseModel

from serment.access.models import Person
from serment.record.models import Entry
from serment.record.once import add_once
from serment.record.selectors import Item, opened
from serment.record.services import NewEntry, Refused, as_stored, correct_entry, patient_keys
from serment.vault.keyring import Keyring

SINGLE = frozenset({"lifestyle", "situation"})
REASON = "mise à jour"


def current(*, keyring: Keyring, patient_id: int, kind: str) -> Item | None:
    """What is said today, None where nothing is: one query. Raises NoKey."""
    row = _rows(patient_id, kind).first()
    return opened(patient_keys(keyring, patient_id), row) if row else None


@transaction.atomic
def renew(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    kind: str,
    payload: BaseModel,
    version: int,
    entry_id: int | None,
    new_pk: int,
) -> None:
    """A new version of what is said today, or the first entry; older ones that stood beside it leave the summary.

    ``entry_id`` and ``version``: what the page had under its eyes (None and 0: nothing). ``new_pk``: id of the first.
    What says the same changes nothing. Raises Refused, NoKey.
    """
    rows = list(_rows(patient_id, kind).select_for_update())
    given: dict[str, Any] = {"keyring": keyring, "author": author}
    if not rows:
        add_once(**given, patient_id=patient_id, entries=[NewEntry(kind, payload, id=new_pk)])
        return
    known, *older = rows
    if patient_keys(keyring, patient_id).open(known, "payload") != as_stored(payload):
        if known.pk != entry_id:
            raise Refused(
                "Quelqu’un d’autre vient de l’écrire\u00a0: rouvrez ce formulaire, il montre ce qui est noté."
            )
        correct_entry(**given, entry_id=known.pk, version=version, payload=payload, reason=REASON)
    # ``standing`` is no part of what is signed: each keeps its text, its author and its place in the record.
    Entry.objects.filter(pk__in=[row.pk for row in older]).update(standing=False)


def _rows(patient_id: int, kind: str) -> Any:
    return Entry.objects.filter(
        patient_id=patient_id, kind=kind, state=Entry.State.SIGNED, standing=True
    ).order_by("-occurred_at", "-pk")
