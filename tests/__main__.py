"""``python -m tests``: the whole suite on SQLite and, beside it, again on a PostgreSQL server started for it.

The two runs share nothing but the cores; what PostgreSQL's said is printed when both are done. Browser tests run once, on
SQLite: what they look at does not depend on the database. Where PostgreSQL is not installed the second run is left out
with a line that says how to get it; in CI (SERMENT_CI=1) that is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import psycopg

from serment.operations.postgres import HOW_TO, programs, temporary_server


def let_lose(url: str) -> None:
    """Nobody needs the tests' database after a power cut: no write of this server waits for the disk."""
    with psycopg.connect(url.replace("serment@", "postgres@"), autocommit=True) as server:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.execute(f"ALTER SYSTEM SET {setting} = off")
        server.execute("SELECT pg_reload_conf()")


def main(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    embedded = [*command, "-m", "not postgresql"]
    if programs() is None:
        print(HOW_TO)
        return subprocess.run(embedded).returncode or (1 if os.environ.get("SERMENT_CI") else 0)
    with temporary_server() as url, tempfile.TemporaryFile("w+") as kept:
        let_lose(url)
        other = subprocess.Popen(
            [*command, "-m", "not browser and not sqlite", "-p", "no:cacheprovider"],
            env={**os.environ, "DATABASE_URL": url},
            stdout=kept,
            stderr=subprocess.STDOUT,
        )
        print("— SQLite —", flush=True)
        first = subprocess.run(embedded).returncode
        second = other.wait()
        print("— PostgreSQL —", flush=True)
        kept.seek(0)
        print(kept.read(), flush=True)
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
