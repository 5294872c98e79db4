"""The drop folder: files put there by whoever fetches them from a laboratory, outside of what is served (P-DOC).

``RESULTS_DIR/<RPPS or login>/file``: for that practitioner. ``cabinet-<id>/file``, or at the root of an installation of
one practice: for its only practitioner, or for whoever of its only circle opens it first (`results.addresses`).
Everything is sealed to the circle's public key, with no key in hand; a file leaves the folder only once it is sealed.
What cannot be placed stays there, and the run says so.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from serment.journal import services as journal
from serment.record.files import MAX_BYTES
from serment.results import addresses, arrivals
from serment.vault.tenancy import using_practice

QUIET_SECONDS = 5
TAKEN = ".pris-"
"""Head of the name of a file while it is sealed; one that a stopped run left so is taken by the next."""
WRONG_SIZE = "vide, ou plus de quinze mégaoctets"
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", "~")


@dataclass
class Taken:
    """What a run did. ``left``: (place in the folder, why it stayed), in French."""

    sealed: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def root() -> Path | None:
    """The folder of the installation; None where it has none."""
    return Path(settings.RESULTS_DIR) if settings.RESULTS_DIR else None


def seen_in(folder: Path) -> frozenset[tuple[str, float]]:
    """What lies there, with its date: asked often, so it opens nothing."""
    found = set()
    for path in files_in(folder):
        with suppress(OSError):
            found.add((str(path), path.lstat().st_mtime))
    return frozenset(found)


def take_in(folder: Path, *, quiet_seconds: float = QUIET_SECONDS) -> Taken:
    """Seal every finished file of the folder, one transaction each. A second run at the same time does nothing."""
    taken = Taken()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder) as first:
        for path in files_in(folder) if first else ():
            try:
                _take(folder, path, taken, quiet_seconds)
            except OSError as error:
                taken.left.append((place_of(folder, path), f"illisible ({error.strerror})"))
    return taken


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    handle = os.open(folder / ".serment.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def files_in(folder: Path) -> Iterator[Path]:
    """Files of the folder and below, links not followed; hidden and unfinished ones are not seen."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted(names + linked):
            if (not name.startswith(".") or name.startswith(TAKEN)) and not name.lower().endswith(UNFINISHED):
                yield Path(place, name)


def _take(folder: Path, path: Path, taken: Taken, quiet_seconds: float) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe would wait for ever
    with os.fdopen(handle, "rb") as opened:
        state = os.fstat(opened.fileno())
        if not stat.S_ISREG(state.st_mode) or time.time() - state.st_mtime < quiet_seconds:
            return
        if not 0 < state.st_size <= MAX_BYTES:
            taken.left.append((place_of(folder, path), WRONG_SIZE))
            return
        raw = opened.read()
    address = addresses.find(folders_of(folder, path))
    if isinstance(address, addresses.NoAddress):
        taken.left.append((place_of(folder, path), address.why))
        return
    with _set_aside(path, state) as aside:
        with using_practice(address.practice_id), journal.acting(None):
            arrivals.seal(
                practice_id=address.practice_id,
                circle_id=address.circle_id,
                for_person_id=address.person_id,
                raw=raw,
            )
        aside.unlink()
    taken.sealed += 1


@contextmanager
def _set_aside(path: Path, state: os.stat_result) -> Iterator[Path]:
    """The file under a hidden name, put back if it is not sealed. Raises OSError where it cannot leave the folder.

    Renaming asks for the same right as deleting: what could not be deleted is not sealed again at each run.
    """
    aside = path.with_name(f"{TAKEN}{secrets.token_hex(8)}")
    path.rename(aside)
    try:
        if not os.path.samestat(aside.lstat(), state):
            raise OSError(errno.ESTALE, "remplacé pendant la lecture")
        yield aside
    except BaseException:
        with suppress(OSError):
            if not path.exists():
                aside.rename(path)
        raise


def folders_of(folder: Path, path: Path) -> tuple[str, ...]:
    """Names of the folders from the root down to a file; empty at the root."""
    return path.parent.relative_to(folder).parts


def place_of(folder: Path, path: Path) -> str:
    """Which folder, never which file: a laboratory writes names of patients in names of files."""
    folders = folders_of(folder, path)
    return f"dossier {'/'.join(folders)}" if folders else "à la racine"


def said(taken: Taken) -> str:
    """« 3 fichiers scellés ; à la racine : vide… », with the hour: a line of a log."""
    many = "s" if taken.sealed > 1 else ""
    parts = [f"{taken.sealed} fichier{many} scellé{many}"] if taken.sealed else []
    parts += [f"{place}\u00a0: {why}" for place, why in taken.left]
    return f"{timezone.localtime():%H:%M} " + (" ; ".join(parts) or "rien de nouveau")
