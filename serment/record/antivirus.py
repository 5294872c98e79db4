"""Ask clamd, where the practice runs one (CLAMD_SOCKET), whether a file carries a virus (E-SRV)."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from serment.record.services import Refused

CHUNK = 65_536


SECONDS = 20
ANSWER = 4096


def scan(data: bytes) -> bool:
    """True when clamd looked, False where there is none.

    Raises Refused for a virus, and when clamd does not answer, or answers anything but « OK »: a file that could not be
    looked at (too big for it, for one) is not kept as if it had been.
    """
    path = getattr(settings, "CLAMD_SOCKET", None)
    if not path:
        return False
    try:
        answer = _ask(path, data)
    except OSError as error:
        raise Refused("L’antivirus ne répond pas\u00a0: le fichier n’a pas été gardé. Réessayez.") from error
    if answer.endswith("FOUND"):
        raise Refused("L’antivirus a reconnu un virus dans ce fichier\u00a0: il n’a pas été gardé.")
    if not answer.endswith("OK"):
        raise Refused("L’antivirus n’a pas pu examiner ce fichier\u00a0: il n’a pas été gardé.")
    return True


def _ask(path: str, data: bytes) -> str:
    """INSTREAM, as clamd(8) has it: length-prefixed pieces, an empty one to end. Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(SECONDS)
        client.connect(path)
        client.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                client.sendall(struct.pack("!L", len(piece)) + piece)
            client.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            # clamd stops reading past its own limit, and says why.
            pass
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER:
            piece = client.recv(ANSWER)
            if not piece:
                break
            answer += piece
    if not answer:
        raise OSError("no answer")
    return answer.rstrip(b"\0\n").decode(errors="replace")
