"""Row ids: 63-bit integers, increasing with time, that say nothing of who they stand for.

41 bits of milliseconds since 2025 then 22 bits that start at random each millisecond. They index as well as a
sequence and need none, so rows can be made in any process (and on any Citus node). On screen and in URLs they
are 13 letters of Crockford's base 32 (référentiel E-WEB-2: opaque ids only).
"""

from __future__ import annotations

import secrets
import threading
import time

EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """A new id, greater than every id this process made before."""
    global _last
    candidate = ((time.time_ns() // 1_000_000 - EPOCH_MS) << 22) | secrets.randbits(21)
    with _lock:
        _last = candidate if candidate > _last else _last + 1 + secrets.randbelow(8)
        return _last


def encode(value: int) -> str:
    """13 characters for a URL. Raises ValueError out of 0..2**63-1."""
    if not 0 <= value < 1 << 63:
        raise ValueError("id out of range")
    pairs = _PAIRS
    return (
        _ALPHABET[value >> 60]
        + pairs[(value >> 50) & 1023]
        + pairs[(value >> 40) & 1023]
        + pairs[(value >> 30) & 1023]
        + pairs[(value >> 20) & 1023]
        + pairs[(value >> 10) & 1023]
        + pairs[value & 1023]
    )


def decode(text: str) -> int:
    """The id that ``text`` stands for. Raises ValueError for anything `encode` does not make."""
    if len(text) != 13:
        raise ValueError("not an id")
    value = 0
    for letter in text:
        try:
            value = (value << 5) | _VALUES[letter]
        except KeyError:
            raise ValueError("not an id") from None
    if value >= 1 << 63:
        raise ValueError("not an id")
    return value


class IdConverter:
    """Django path converter ``<id:…>``."""

    regex = "[0-9a-hjkmnp-tv-z]{13}"

    def to_python(self, value: str) -> int:
        return decode(value)

    def to_url(self, value: int) -> str:
        return encode(value)
