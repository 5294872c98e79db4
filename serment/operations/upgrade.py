"""``serment upgrade``: back up, rehearse the migrations on a copy, apply them, come back if they fail (P-SRV-2)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from serment.operations import dump


class Failed(Exception):
    """French: what failed, and in what state the database is."""


def pending() -> list[str]:
    """Migrations still to apply."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def upgrade(say: Callable[[str], None]) -> int:
    """Gives how many migrations were applied. Raises Failed; the data are then as they were."""
    todo = pending()
    if not todo:
        return 0
    if connection.vendor != "sqlite":
        raise Failed(
            "Sur PostgreSQL, faites « serment backup » avec la version installée, essayez la nouvelle sur une copie "
            "restaurée, puis « serment migrate »\u00a0: ses migrations sont transactionnelles."
        )
    say(f"{len(todo)} évolutions de la base à appliquer.")
    database = Path(settings.DATABASES["default"]["NAME"])
    with tempfile.TemporaryDirectory(prefix="serment-essai-", dir=settings.DATA_DIR) as place:
        trial = Path(place) / "serment.sqlite3"
        before = dump.whole_copy(trial)
        say("Essai sur une copie…")
        done = subprocess.run(
            [sys.executable, "-m", "serment", "migrate"],
            env={**os.environ, "DATA_DIR": place, "DATABASE_URL": ""},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failed(
                "L’essai sur une copie a échoué\u00a0: rien n’a été changé. Gardez la version actuelle."
            )
    kept = database.with_name("serment.avant-mise-a-jour.sqlite3")
    dump.whole_copy(kept)
    kept.chmod(0o600)
    try:
        call_command("migrate", interactive=False, verbosity=0)
        after = dump.counts()
        if any(after[table] < count for table, count in before.items()):
            raise Failed(f"Des lignes manquent\u00a0: {before} avant, {after} après.")
    except Exception as error:
        connection.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(kept, database)
        raise Failed(
            f"La mise à jour a échoué, la base d’avant est remise en place. ({type(error).__name__})"
        ) from error
    kept.unlink()
    return len(todo)
