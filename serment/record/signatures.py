"""Signatures of entries: Ed25519 by the author's key holder, over where an entry belongs and all that it says (R3.4).

An entry is believed when its content opens (nobody moved or changed the ciphertext) and its signature verifies under
the signer's public key. The signed text names the author, so that the row cannot show another.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from serment.record.models import Entry, EntryVersion
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey
from serment.vault.models import KeyHolder

CONTEXT = "serment entry 1"


def _text(
    row: Entry | EntryVersion, entry_id: int, kind: str, version: int, state: str, payload: dict[str, Any]
) -> bytes:
    head = [
        CONTEXT,
        row.practice_id,
        row.patient_id,
        entry_id,
        kind,
        version,
        state,
        row.author_id,
        _micros(row.occurred_at),
    ]
    return json.dumps([head, payload], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _micros(moment: datetime) -> int:
    """Whole microseconds: the same number whatever the database gives back."""
    return round(moment.timestamp() * 1_000_000)


def signed_bytes(entry: Entry, payload: dict[str, Any]) -> bytes:
    """What the signature of an entry's current version covers."""
    return _text(entry, entry.pk, entry.kind, entry.version, entry.state, payload)


def sign(keyring: Keyring, entry: Entry, payload: dict[str, Any]) -> None:
    """Sign the current version as the keyring's holder."""
    entry.signer_id = keyring.holder_id
    entry.signature = crypto.sign(keyring.signing_seed, signed_bytes(entry, payload))


def holders(practice_id: int, ids: set[int]) -> dict[int, bytes]:
    """Public signing keys by holder, one query."""
    rows = KeyHolder.unscoped.filter(practice_id=practice_id, pk__in=ids)
    return dict(rows.values_list("pk", "signing_public_key"))


def holds(public: dict[int, bytes], entry: Entry, payload: dict[str, Any]) -> bool:
    """Whether the current version is signed by its signer over this very content."""
    key = public.get(entry.signer_id)
    return key is not None and crypto.verify(key, entry.signature, signed_bytes(entry, payload))


def version_holds(
    public: dict[int, bytes], entry: Entry, version: EntryVersion, payload: dict[str, Any]
) -> bool:
    """The same for an older version, which was always a signed one: what is in error takes no new version."""
    key = public.get(version.signer_id)
    text = _text(version, entry.pk, entry.kind, version.number, Entry.State.SIGNED, payload)
    return key is not None and crypto.verify(key, version.signature, text)


def verify_entry(*, keyring: Keyring, entry: Entry) -> bool:
    """Whether an entry opens and its signature holds. Raises NoKey; what does not open does not hold."""
    keys = keyring.subject_keys([entry.patient_id], Domain.CARE)
    if entry.patient_id not in keys:
        raise NoKey("no care key for this patient")
    try:
        payload = keys.open(entry, "payload")
    except crypto.CannotOpen:
        return False
    return holds(holders(entry.practice_id, {entry.signer_id}), entry, payload)
