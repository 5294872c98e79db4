"""Ask clamd, where the practice runs one (CLAMD_SOCKET), whether a file carries a virus (E-SRV)."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from serment.record.services import Refused

CHUNK = 65_536


def scan(data: bytes) -> bool:
    """True when clamd looked, False where there is none. Raises Refused for a virus, or when clamd does not answer."""
    path = getattr(settings, "CLAMD_SOCKET", None)
    if not path:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(20)
            client.connect(path)
            client.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                client.sendall(struct.pack("!L", len(piece)) + piece)
            client.sendall(struct.pack("!L", 0))
            answer = client.recv(4096).decode(errors="replace")
    except OSError as error:
        raise Refused("L’antivirus ne répond pas\u00a0: le fichier n’a pas été gardé. Réessayez.") from error
    if "FOUND" in answer:
        raise Refused("L’antivirus a reconnu un virus dans ce fichier\u00a0: il n’a pas été gardé.")
    return True
