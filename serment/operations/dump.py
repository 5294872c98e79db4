"""The database as a file, consistent while people work, without its keyring; and back (ADR 0008).

SQLite: its own online copy. PostgreSQL: `pg_dump` in its custom format, within one exported snapshot.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from serment.config.database import from_url
from serment.vault.tenancy import all_practices

KEYRING = "vault_subjectkey"
COUNTED = (
    "practice_practice",
    "access_person",
    "patients_patient",
    "agenda_appointment",
    "record_entry",
    "billing_claim",
    "journal_event",
    "vault_grant",
)
"""Tables whose rows are counted before and after: a restore that lost some says so."""


class CannotDump(Exception):
    """French: why the database could not be copied or put back."""


def dump(target: Path) -> dict[str, int]:
    """Copy the database without its subject keys into ``target``; gives the counts of what was copied."""
    return _dump_sqlite(target) if connection.vendor == "sqlite" else _dump_postgresql(target)


def _dump_sqlite(target: Path) -> dict[str, int]:
    source = str(settings.DATABASES["default"]["NAME"])
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute(f"DELETE FROM {KEYRING}")  # noqa: S608 (our own table name)
        copy.commit()
        copy.execute("VACUUM")
        return {t: copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in COUNTED}  # noqa: S608


def whole_copy(target: Path) -> dict[str, int]:
    """A plain copy of the database, keyring included: for a trial on this machine, never to be stored. Gives the
    counts of the tables that this version has. Raises CannotDump.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if connection.vendor != "sqlite":
        return _dump_postgresql(target, whole=True)
    source = str(settings.DATABASES["default"]["NAME"])
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        known = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {
            t: copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0]  # noqa: S608
            for t in COUNTED
            if t in known
        }


def _dump_postgresql(target: Path, *, whole: bool = False) -> dict[str, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT set_config('serment.practice', '*', true)")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counts = _count(cursor)
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--enable-row-security",
            f"--snapshot={snapshot}",
            *([] if whole else [f"--exclude-table-data={KEYRING}"]),
            f"--file={target}",
        )
    return counts


def _count(cursor: Any) -> dict[str, int]:
    counts = {}
    for table in COUNTED:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (our own table names)
        counts[table] = int(cursor.fetchone()[0])
    return counts


def counts() -> dict[str, int]:
    """Rows of the counted tables, in every practice."""
    with all_practices(), connection.cursor() as cursor:
        return _count(cursor)


def _run(program: str, *arguments: str, database: dict[str, Any] | None = None) -> None:
    """One of PostgreSQL's programs on our database; the password goes by the environment, never the command line."""
    database = database or settings.DATABASES["default"]
    environment = {
        **os.environ,
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or 5432),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        "PGOPTIONS": "-c serment.practice=*",
    }
    found = shutil.which(program)
    if found is None:
        raise CannotDump(f"«\u00a0{program}\u00a0» est introuvable\u00a0: installez le client PostgreSQL.")
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotDump(f"{program} a échoué\u00a0: {done.stderr.strip().splitlines()[-1:] or ['']}")


def is_empty() -> bool:
    """Whether the database at hand may receive a restore: no practice in it."""
    if "practice_practice" not in connection.introspection.table_names():
        return True
    with all_practices(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM practice_practice")
        return int(cursor.fetchone()[0]) == 0


def load(source: Path) -> None:
    """Put a dump into the (empty) database at hand. Raises CannotDump."""
    if connection.vendor == "sqlite":
        connection.close()
        target = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("", "-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o600)
        return
    with connection.cursor() as cursor:  # a migrated database without a practice: only empty tables go
        for table in connection.introspection.table_names():
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    connection.close()
    _restore(source, settings.DATABASES["default"])


def fill(url: str, source: Path) -> None:
    """Put a dump into another, empty PostgreSQL database. Raises CannotDump."""
    _restore(source, from_url(url))


def _restore(source: Path, database: dict[str, Any]) -> None:
    name = database["NAME"]
    options = ("--no-owner", "--no-comments", "--exit-on-error", f"--dbname={name}", str(source))
    _run("pg_restore", *options, database=database)


def keyring_lines() -> Iterator[dict[str, Any]]:
    """Every wrapped subject key, as plain values: what the keyring backup holds."""
    from serment.vault.models import SubjectKey

    with all_practices():
        for row in SubjectKey.unscoped.order_by("practice_id", "subject_id").iterator(chunk_size=2000):
            yield {
                "practice_id": row.practice_id,
                "subject_id": row.subject_id,
                "domain": row.domain,
                "circle_id": row.circle_id,
                "domain_key_id": row.domain_key_id,
                "to_public": row.to_public,
                "shared": row.shared,
                "closed_to": row.closed_to,
                "wrapped": bytes(row.wrapped).hex(),
            }
