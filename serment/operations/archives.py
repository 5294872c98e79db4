"""The archive's medium has a copy too (R7.6): its files are sealed already, so they are copied as they are.

The keys that open them are in the keyring; a copy whose row is gone (destroyed, or back in the active base) goes.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from serment.vault.ids import encode
from serment.vault.tenancy import all_practices

PATTERN = "*.archive"


def known() -> dict[str, str]:
    """File stem → SHA-256 of every archived file of the installation, as the database has them: one query."""
    with all_practices(), connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM retention_archivedfile")
        return {encode(pk): digest for pk, digest in cursor.fetchall()}


def mirror(target: Path) -> int:
    """Bring the copies in ``target`` up to date; gives how many files it holds. Raises OSError.

    A file absent from the medium, or not the one that was put there, keeps its copy: that is what the copy is for.
    """
    wanted = known()
    if not wanted and not target.exists():
        return 0
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = {path.stem for path in target.glob(PATTERN)}
    for stem, digest in wanted.items():
        source = Path(settings.ARCHIVE_DIR) / f"{stem}.archive"
        if stem not in held and is_sound(source, digest):
            part = target / f"{stem}.part"
            shutil.copyfile(source, part)
            part.chmod(0o600)
            part.replace(target / source.name)
    for stem in held - set(wanted):
        (target / f"{stem}.archive").unlink()
    return sum(1 for _ in target.glob(PATTERN))


def is_sound(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def repair(stem: str, digest: str, copies: Path) -> bool:
    """Put a damaged or lost file of the medium back from its copy; False where the copy is no better."""
    copy = copies / f"{stem}.archive"
    if not is_sound(copy, digest):
        return False
    target = Path(settings.ARCHIVE_DIR) / copy.name
    part = target.with_suffix(".part")
    shutil.copyfile(copy, part)
    part.chmod(0o600)
    part.replace(target)
    return True


def bring(copies: Path) -> int:
    """After a restore on a fresh machine: put back the files that this installation knows; gives how many."""
    folder = Path(settings.ARCHIVE_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    missing = [
        (stem, digest) for stem, digest in known().items() if not (folder / f"{stem}.archive").exists()
    ]
    return sum(repair(stem, digest, copies) for stem, digest in missing)
