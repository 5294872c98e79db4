"""Backups that a technician can make and store, and only the code in the safe can open (P-SAUV-1, E-SAUV-3).

Two files per run: the data, and the keyring (the wrapped subject keys) apart, fewer generations deep, so that a
patient whose keys were destroyed opens nowhere once the old keyrings are gone (DESIGN §2). Beside them, a copy of the
archive's medium, whose files are sealed already.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import CharField
from django.utils import timezone

from serment import __version__
from serment.operations import archives, dump, sealed_file
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.vault import crypto, portable
from serment.vault.prepared import Prepared, Slot

DATA_GENERATIONS = 14
KEYRING_GENERATIONS = 3
ARCHIVES = "archives"
OLD_AFTER = timedelta(hours=36)
REHEARSAL_OLD_AFTER = timedelta(days=35)


def folder() -> Path:
    """Where backups go: BACKUP_DIR, else beside the data (and the check says that another disk is better)."""
    return Path(settings.BACKUP_DIR)


def _header(kind: str, counts: dict[str, int], key: bytes, stamp: str) -> dict[str, Any]:
    practices = [practice.pk for practice in Practice.objects.order_by("pk")]
    info = f"backup|{kind}|{stamp}"
    return {
        "kind": kind,
        "stamp": stamp,
        "version": __version__,
        "database": dump.connection.vendor,
        "counts": counts,
        "info": info,
        "holders": [
            {**portable.recovery_of(pk), "wrapped": portable.wrap_for(pk, key, info)} for pk in practices
        ],
    }


def run(*, rehearse: bool = True) -> Run:
    """Back up, verify by restoring in a sandbox, forget old generations. The result is a row, whatever happens."""
    target = folder()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    row: Run = Run.objects.create(kind=Run.Kind.BACKUP)
    stamp = f"{timezone.localtime():%Y%m%d-%H%M%S}"
    data, keyring = target / f"donnees-{stamp}.serment", target / f"cles-{stamp}.serment"
    data_key, keyring_key = crypto.new_key(), crypto.new_key()
    try:
        with tempfile.TemporaryDirectory(prefix="serment-", dir=settings.DATA_DIR) as place:
            plain = Path(place) / "database"
            row.counts = dump.dump(plain)
            with open(plain, "rb") as source:
                row.digest = sealed_file.write(
                    data, _header("data", row.counts, data_key, stamp), data_key, source
                )
        lines = "".join(json.dumps(line) + "\n" for line in dump.keyring_lines()).encode()
        count = {"vault_subjectkey": lines.count(b"\n")}
        header = _header("keyring", count, keyring_key, stamp)
        sealed_file.write(keyring, header, keyring_key, io.BytesIO(lines))
        row.counts |= count | {"archives": archives.mirror(target / ARCHIVES)}
        row.ok, row.file, row.bytes = True, data.name, data.stat().st_size + keyring.stat().st_size
    except (dump.CannotDump, OSError) as error:
        row.ok, row.message = False, str(error)[:300]
    row.finished_at = timezone.now()
    row.save()
    if row.ok:
        if rehearse:
            rehearse_files(data, keyring, data_key, keyring_key)
        forget_old()
    return row


def rehearse_files(data: Path, keyring: Path, data_key: bytes, keyring_key: bytes) -> Run:
    """Restore in a sandbox by the very command of a restore, in a process of its own, and compare.

    The files' own keys are handed over: all of a restore is exercised but the typing of the code.
    """
    row: Run = Run.objects.create(kind=Run.Kind.REHEARSAL, file=data.name)
    command = [sys.executable, "-m", "serment", "restore", str(data), str(keyring), "--keys-on-stdin"]
    with tempfile.TemporaryDirectory(prefix="serment-essai-", dir=settings.DATA_DIR) as place:
        environment = {**os.environ, "DATA_DIR": place, "JOURNAL_ANCHOR": str(Path(place) / "journal.anchor")}
        try:
            done = _restored(command, environment, f"{data_key.hex()}\n{keyring_key.hex()}\n")
            report = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
            row.ok = done.returncode == 0
            row.counts = report.get("counts", {})
            row.message = report.get("text", (done.stderr.strip().splitlines() or ["échec"])[-1])[:300]
        except (OSError, ValueError, FileNotFoundError) as error:
            row.ok, row.message = False, str(error)[:300]
    row.finished_at = timezone.now()
    row.save()
    return row


def _restored(command: list[str], environment: dict[str, str], keys: str) -> Any:
    if dump.connection.vendor == "sqlite":
        return subprocess.run(command, env=environment, input=keys, capture_output=True, text=True)
    from serment.operations.postgres import temporary_server

    with temporary_server() as url:
        return subprocess.run(
            command, env={**environment, "DATABASE_URL": url}, input=keys, capture_output=True, text=True
        )


def forget_old() -> int:
    """Delete generations past their number: 14 of data, 3 of keyring. Gives how many files went."""
    gone = 0
    for pattern, kept in (("donnees-*.serment", DATA_GENERATIONS), ("cles-*.serment", KEYRING_GENERATIONS)):
        for path in sorted(folder().glob(pattern))[:-kept]:
            path.unlink()
            gone += 1
    return gone


_LAST = Prepared(
    lambda: Run.objects.filter(kind=Slot("kind", CharField()), ok=True).order_by("-started_at")[:1]
)


def last_good(kind: str) -> Run | None:
    found: Run | None = _LAST.first(kind=kind)
    return found


def is_fresh(kind: str) -> bool:
    """Whether the last good backup (36 hours) or rehearsal (35 days) is recent enough."""
    row = last_good(kind)
    limit = OLD_AFTER if kind == Run.Kind.BACKUP else REHEARSAL_OLD_AFTER
    return row is not None and timezone.now() - row.started_at < limit
