"""A large file, encrypted piece by piece: a readable header line, then AES-256-GCM pieces that cannot be moved.

Each piece is bound to the whole header, to its rank and to whether it is the last: a piece altered, moved, repeated or
cut off at the end does not open. One random key per file (ADR 0008).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 20
MAGIC = "serment-backup-1"


class Damaged(Exception):
    """The file is not whole, not ours, or not opened by this key."""


def _nonce(rank: int, last: bool) -> bytes:
    return struct.pack(">QI", rank, int(last))


def write(path: Path, header: dict[str, Any], key: bytes, source: BinaryIO) -> str:
    """Encrypt ``source`` into ``path`` (0600); gives the SHA-256 of the file written."""
    head = json.dumps({"format": MAGIC, **header}, ensure_ascii=False).encode()
    aad, cipher, total = hashlib.sha256(head).digest(), AESGCM(key), hashlib.sha256()
    part = path.with_suffix(".part")
    with open(part, "wb", opener=_private) as out:

        def put(data: bytes) -> None:
            out.write(data)
            total.update(data)

        put(head + b"\n")
        piece, rank = source.read(PIECE), 0
        while True:
            following = source.read(PIECE)
            sealed = cipher.encrypt(_nonce(rank, not following), piece, aad)
            put(struct.pack(">I", len(sealed)) + sealed)
            if not following:
                break
            piece, rank = following, rank + 1
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    return total.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def read_header(path: Path) -> dict[str, Any]:
    """The header, unproven until a piece is opened. Raises Damaged."""
    with open(path, "rb") as source:
        return _header(source)[0]


def _header(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    line = source.readline(1 << 20)
    try:
        header = json.loads(line)
    except ValueError:
        raise Damaged("Ce fichier n’est pas une sauvegarde de Serment.") from None
    if not isinstance(header, dict) or header.get("format") != MAGIC or not line.endswith(b"\n"):
        raise Damaged("Ce fichier n’est pas une sauvegarde de Serment.")
    return header, hashlib.sha256(line[:-1]).digest()


def pieces(path: Path, key: bytes) -> Iterator[bytes]:
    """The content, piece by piece, each proven. Raises Damaged at the first that is not what was written."""
    cipher = AESGCM(key)
    with open(path, "rb") as source:
        _, aad = _header(source)
        rank, size = 0, source.read(4)
        while size:
            sealed = source.read(struct.unpack(">I", size)[0])
            size = source.read(4)
            try:
                yield cipher.decrypt(_nonce(rank, not size), sealed, aad)
            except InvalidTag:
                raise Damaged("La sauvegarde est abîmée, incomplète, ou ce code n’est pas le sien.") from None
            rank += 1
        if rank == 0:
            raise Damaged("La sauvegarde est vide.")


def extract(path: Path, key: bytes, target: Path) -> None:
    """Decrypt into ``target`` (0600). Raises Damaged; nothing is left then."""
    part = target.with_suffix(".part")
    try:
        with open(part, "wb", opener=_private) as out:
            for piece in pieces(path, key):
                out.write(piece)
    except Damaged:
        part.unlink(missing_ok=True)
        raise
    part.replace(target)
