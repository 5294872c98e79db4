"""``python -m tests``: the whole suite on SQLite, then again on a PostgreSQL server started for it.

Browser tests run once, on SQLite: what they look at does not depend on the database. Where PostgreSQL is not installed
the second run is left out with a line that says how to get it; in CI (SERMENT_CI=1) that is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys

from serment.operations.postgres import HOW_TO, programs, temporary_server


def main(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    print("— SQLite —", flush=True)
    first = subprocess.run([*command, "-m", "not postgresql"]).returncode
    if programs() is None:
        print(HOW_TO)
        return first or (1 if os.environ.get("SERMENT_CI") else 0)
    print("— PostgreSQL —", flush=True)
    with temporary_server() as url:
        second = subprocess.run(
            [*command, "-m", "not browser and not sqlite"], env={**os.environ, "DATABASE_URL": url}
        ).returncode
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
