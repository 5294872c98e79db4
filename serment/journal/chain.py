"""What an event's hash covers. Pure: the verifier and the writer share it, and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

START = b"\x00" * 32


def digest(
    previous: bytes,
    *,
    practice_id: int,
    seq: int,
    at: datetime,
    actor_id: int | None,
    session_id: int | None,
    action: str,
    subject_id: int | None,
    object_id: int | None,
    details: dict[str, Any],
) -> bytes:
    """SHA-256 of the previous event's hash and of every column of this one (microseconds, UTC)."""
    body = json.dumps(
        [
            practice_id,
            seq,
            at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
            actor_id,
            session_id,
            action,
            subject_id,
            object_id,
            details,
        ],
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(previous + body.encode()).digest()
