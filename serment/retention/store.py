"""The archive's medium: one sealed file per patient, in a folder that belongs on another disk (R7.4)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

from serment.vault.ids import encode


class Missing(Exception):
    """The archived file is not on the medium, or is not the one that was put away."""


def folder() -> Path:
    return Path(settings.ARCHIVE_DIR)


def path_of(archive_id: int) -> Path:
    return folder() / f"{encode(archive_id)}.archive"


MARK = "support-d-archivage.txt"
_SAYS = "Archives de Serment. Laissez ce fichier : il prouve que le support est branché.\n"


def open_medium(*, used: bool) -> None:
    """Make the medium ready. ``used``: something was put there before, so it must be the same. Raises Missing.

    A disk that is not plugged in leaves an empty folder behind: nothing must be written under it.
    """
    mark = folder() / MARK
    if mark.exists():
        return
    if used and not any(folder().glob("*.archive")):
        raise Missing("Le support d’archivage n’est pas branché\u00a0: rien n’est parti.")
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.write_text(_SAYS)


def put(archive_id: int, data: bytes) -> str:
    """Write and flush; gives the SHA-256."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    target = path_of(archive_id)
    part = target.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)
    descriptor = os.open(folder(), os.O_RDONLY)  # the name too must be on the disk before the rows go
    os.fsync(descriptor)
    os.close(descriptor)
    return hashlib.sha256(data).hexdigest()


def get(archive_id: int, digest: str) -> bytes:
    """Raises Missing."""
    try:
        data = path_of(archive_id).read_bytes()
    except OSError:
        raise Missing(
            "Le fichier d’archive est introuvable\u00a0: branchez le support d’archivage."
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise Missing("Le fichier d’archive a changé depuis qu’il a été rangé.")
    return data


def drop(archive_id: int) -> None:
    path_of(archive_id).unlink(missing_ok=True)


def names() -> set[str]:
    """Names of the files on the medium, to compare with the rows."""
    return {path.stem for path in folder().glob("*.archive")}


def is_apart() -> bool:
    """Whether the medium is another disk than the active base's."""
    return folder().exists() and os.stat(folder()).st_dev != os.stat(settings.DATA_DIR).st_dev
