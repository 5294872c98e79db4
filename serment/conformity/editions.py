"""The file for the CNIL as it was handed over, kept whole and signed: any past edition is shown again (R2.4)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction

from serment.access.models import Person
from serment.conformity.models import Edition
from serment.journal import services as journal
from serment.vault import crypto
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.models import KeyHolder


def _digest(lines: list[dict[str, Any]]) -> str:
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def message(row: Edition) -> bytes:
    """The bytes that the signature covers."""
    return f"{row.practice_id}|{row.pk}|{row.number}|{row.digest}".encode()


def latest() -> Edition | None:
    return Edition.objects.order_by("-number").first()


@transaction.atomic
def keep(*, keyring: Keyring, author: Person, lines: list[dict[str, Any]]) -> Edition:
    """Keep what is printed, under the next number, signed by whoever prints it."""
    last = Edition.objects.select_for_update().order_by("-number").first()
    row = Edition(
        id=new_id(),
        practice_id=keyring.practice_id,
        number=last.number + 1 if last else 1,
        lines=lines,
        digest=_digest(lines),
        author_id=author.pk,
        author_name=author.display_name,
        signer_id=keyring.holder_id,
    )
    row.signature = crypto.sign(keyring.signing_seed, message(row))
    row.save(force_insert=True)
    journal.record(
        "conformity.printed", object_id=row.pk, details={"number": row.number, "digest": row.digest[:16]}
    )
    return row


def is_sound(row: Edition) -> bool:
    """Whether the lines are those that were kept, and the signature is the author's."""
    holder = KeyHolder.objects.filter(pk=row.signer_id).first()
    return (
        holder is not None
        and row.digest == _digest(row.lines)
        and crypto.verify(bytes(holder.signing_public_key), bytes(row.signature), message(row))
    )
