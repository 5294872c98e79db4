"""What a backup carries so that the code in the safe opens it on a fresh machine, and nothing else does."""

from __future__ import annotations

import base64
import json
from typing import Any

from serment.vault import crypto
from serment.vault.custody import holder_aad
from serment.vault.models import KeyHolder, Unlock


def _text(data: bytes | memoryview) -> str:
    return base64.b64encode(bytes(data)).decode()


def recovery_of(practice_id: int) -> dict[str, Any]:
    """The recovery holder of a practice as the database keeps it: sealed under the code. Raises DoesNotExist."""
    unlock = Unlock.unscoped.select_related("holder").get(
        practice_id=practice_id, holder__kind=KeyHolder.Kind.RECOVERY, method=Unlock.Method.CODE
    )
    return {
        "practice": practice_id,
        "holder": unlock.holder_id,
        "kdf": unlock.kdf,
        "key": _text(unlock.sealed_holder_key),
        "secrets": _text(unlock.holder.sealed_secrets),
    }


def wrap_for(practice_id: int, data: bytes, info: str) -> str:
    """``data`` sealed to the recovery code's public key: writing takes no key at all."""
    holder = KeyHolder.unscoped.get(practice_id=practice_id, kind=KeyHolder.Kind.RECOVERY)
    return _text(crypto.seal_to(holder.public_key, data, f"{practice_id}|{info}".encode()))


def unwrap(carried: dict[str, Any], wrapped: str, info: str, normal_code: str) -> bytes:
    """What `wrap_for` sealed. Raises CannotOpen for a wrong code or an altered file."""
    practice_id, holder_id = int(carried["practice"]), int(carried["holder"])
    key = crypto.stretch(normal_code, carried["kdf"])
    aad = holder_aad(practice_id, holder_id, f"unlock|{Unlock.Method.CODE}|")
    holder_key = crypto.open_sealed(key, base64.b64decode(carried["key"]), aad)
    bundle = crypto.open_sealed(
        holder_key, base64.b64decode(carried["secrets"]), holder_aad(practice_id, holder_id, "secrets")
    )
    private = base64.b64decode(json.loads(bundle)[0])
    return crypto.open_with(private, base64.b64decode(wrapped), f"{practice_id}|{info}".encode())
