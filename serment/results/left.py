"""What lies in the drop folder and could not be placed: a queue for each practice, and what is nobody's counted apart.

Nothing is read and no name of a file is told: a laboratory writes names of patients there. A practice sees what lies in
its own folders and its practitioners'. What belongs to no practice that could be named (the root of an installation of
several, a folder that nobody bears) is shown to none of them: who maintains the machine is told how many, and why.
"""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from serment.record.files import MAX_BYTES
from serment.results import addresses, folder
from serment.results.addresses import Address, NoAddress
from serment.vault.tenancy import current_practice

MOST = 100
COUNTED = 1000
"""How many of nobody's are counted: beyond, it is « plus de mille »."""
NOT_TAKEN_SECONDS = 900
NOT_TAKEN = "pas encore pris : le relevé du dossier ne tourne peut-être plus"
Find = Callable[[tuple[str, ...]], Address | NoAddress]


@dataclass(frozen=True)
class Left:
    """``place`` in the folder, ``size`` in bytes, ``since`` when it was put there, ``why`` it stays (French)."""

    place: str
    size: int
    since: datetime
    why: str


def waiting() -> list[Left]:
    """Those of the practice at work, oldest first, a hundred at most. A few queries by folder, whatever it holds."""
    mine = current_practice()
    found = []
    for root, path, state, at in _lying():
        told = {at.practice_id} if isinstance(at, Address) else at.practices
        if mine in told and (why := _why(path, state, at)):
            since = datetime.fromtimestamp(state.st_mtime, UTC)
            found.append(Left(folder.place_of(root, path), state.st_size, since, why))
            if len(found) == MOST:
                break
    return sorted(found, key=lambda one: one.since)


def nobodys() -> dict[str, int]:
    """Files that no practice is shown, by reason: (why in French, how many), the most first."""
    found = Counter[str]()
    for _, path, state, at in _lying():
        if isinstance(at, NoAddress) and not at.practices:
            found[_why(path, state, at)] += 1
            if found.total() == COUNTED:
                break
    return dict(found.most_common())


def _lying() -> Iterator[tuple[Path, Path, os.stat_result, Address | NoAddress]]:
    """Each file that is not being written, with what its folder says; the same folder is asked once."""
    root = folder.root()
    if root is None:
        return
    find: Find = cache(addresses.find)
    for path in folder.files_in(root):
        with suppress(OSError):
            state = path.lstat()
            if time.time() - state.st_mtime >= folder.QUIET_SECONDS:
                yield root, path, state, find(folder.folders_of(root, path))


def _why(path: Path, state: os.stat_result, at: Address | NoAddress) -> str:
    """Why it stays; empty for a file that the next run takes."""
    if not stat.S_ISREG(state.st_mode):
        return "pas un fichier ordinaire : jamais suivi"
    if not os.access(path, os.R_OK) or not os.access(path.parent, os.W_OK):
        return "le logiciel n’a pas le droit de le lire ou de le retirer du dossier"
    if not 0 < state.st_size <= MAX_BYTES:
        return folder.WRONG_SIZE
    if isinstance(at, NoAddress):
        return at.why
    return NOT_TAKEN if time.time() - state.st_mtime > NOT_TAKEN_SECONDS else ""
