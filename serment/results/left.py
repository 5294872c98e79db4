"""What lies in the drop folder and could not be placed: the queue that the page of results shows, with the reason.

Nothing is read and no name of a file is told: a laboratory writes names of patients there. Only an installation of one
practice shows it: elsewhere a file that has no address is nobody's to see, and the run's own journal tells it.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from serment.practice.models import Practice
from serment.record.files import MAX_BYTES
from serment.results import folder

MOST = 100
NOT_TAKEN_SECONDS = 900
NOT_TAKEN = "pas encore pris : le relevé du dossier ne tourne peut-être plus"


@dataclass(frozen=True)
class Left:
    """``place`` in the folder, ``size`` in bytes, ``since`` when it was put there, ``why`` it stays (French)."""

    place: str
    size: int
    since: datetime
    why: str


def waiting() -> list[Left]:
    """The oldest first; empty where there is no folder, or several practices. A query or two, more by wrong folder."""
    root = folder.root()
    if root is None or not root.is_dir() or len(Practice.objects.values_list("pk")[:2]) != 1:
        return []
    address = cache(folder.address_of)
    found = []
    with suppress(OSError):
        for path in folder.files_in(root):
            with suppress(OSError):
                state = path.lstat()
                if time.time() - state.st_mtime < folder.QUIET_SECONDS:
                    continue
                if why := _why(root, path, state, address):
                    since = datetime.fromtimestamp(state.st_mtime, UTC)
                    found.append(Left(folder.place_of(root, path), state.st_size, since, why))
            if len(found) == MOST:
                break
    return sorted(found, key=lambda one: one.since)


def _why(root: Path, path: Path, state: os.stat_result, address: object) -> str:
    """Why it stays; empty for a file that the next run takes."""
    if not stat.S_ISREG(state.st_mode):
        return "pas un fichier ordinaire : jamais suivi"
    if not os.access(path, os.R_OK) or not os.access(path.parent, os.W_OK):
        return "le logiciel n’a pas le droit de le lire ou de le retirer du dossier"
    if not 0 < state.st_size <= MAX_BYTES:
        return folder.WRONG_SIZE
    found = address("" if path.parent == root else path.parent.name)  # type: ignore[operator]
    if isinstance(found, str):
        return found
    return NOT_TAKEN if time.time() - state.st_mtime > NOT_TAKEN_SECONDS else ""
