"""The machine's own secret: it signs CSRF tokens and messages, and opens no data of a patient."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def machine_secret(path: Path) -> str:
    """Read the secret at ``path``, making it (mode 0600) the first time."""
    try:
        return path.read_text()
    except FileNotFoundError:
        value = secrets.token_urlsafe(48)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        return value
