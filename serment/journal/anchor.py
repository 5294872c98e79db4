"""The anchor: the last known head of each chain, in a file outside the database.

Cutting the end of the journal leaves a chain that is valid but shorter; the anchor remembers how long it was. One
line per practice: ``practice seq hash``. It is rewritten in place after each committed event, under a file lock, and
never goes back. Put it on another medium with JOURNAL_ANCHOR; a copy kept elsewhere is a stronger witness.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from django.conf import settings

_LINE = "{:020d} {:020d} {}\n"
_WIDTH = 20 + 1 + 20 + 1 + 64 + 1
_lock = threading.Lock()
_offsets: dict[tuple[str, int], int] = {}
_files: dict[str, int] = {}


def _descriptor(path: Path) -> int:
    key = str(path)
    if key not in _files:
        path.parent.mkdir(parents=True, exist_ok=True)
        _files[key] = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    return _files[key]


def remember(practice_id: int, seq: int, digest: bytes) -> None:
    """Move a practice's anchor to ``seq``, unless it is already further."""
    path = Path(settings.JOURNAL_ANCHOR)
    with _lock:
        descriptor = _descriptor(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            offset = _offsets.get((str(path), practice_id))
            if offset is None:
                offset = _find(descriptor, practice_id)
                _offsets[(str(path), practice_id)] = offset
            old = os.pread(descriptor, _WIDTH, offset)
            if not old or int(old.split()[1]) < seq:
                os.pwrite(descriptor, _LINE.format(practice_id, seq, digest.hex()).encode(), offset)
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _find(descriptor: int, practice_id: int) -> int:
    size = os.fstat(descriptor).st_size
    for offset in range(0, size, _WIDTH):
        if int(os.pread(descriptor, 20, offset)) == practice_id:
            return offset
    return size


def recall(practice_id: int) -> tuple[int, bytes] | None:
    """The anchored (seq, hash) of a practice, or None where none was ever written."""
    try:
        text = Path(settings.JOURNAL_ANCHOR).read_text()
    except FileNotFoundError:
        return None
    for line in text.splitlines():
        practice, seq, digest = line.split()
        if int(practice) == practice_id:
            return int(seq), bytes.fromhex(digest)
    return None


def forget() -> None:
    """Close the files kept open (a test moves the anchor; a fork must not share an offset)."""
    with _lock:
        for descriptor in _files.values():
            os.close(descriptor)
        _files.clear()
        _offsets.clear()
