"""``serment upgrade``: copy, rehearse the migrations on the copy, apply them, come back if they fail (P-SRV-2).

The same on both databases: the copy is opened by the embedded database in a folder of its own, by PostgreSQL on a
throw-away server; coming back puts the copy in place of what was half changed.
"""

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

from serment.operations import dump, postgres

KEPT = "serment.avant-mise-a-jour"
TRIAL = "serment-essai-"


class Failed(Exception):
    """French: what failed, and in what state the database is."""


class NotPutBack(Failed):
    """The worst: the data are half way, and the copy of before is the only good one. It is kept."""


def pending() -> list[str]:
    """Migrations still to apply."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def upgrade(say: Callable[[str], None]) -> int:
    """Gives how many migrations were applied. Raises Failed; the data are then as they were."""
    kept = Path(settings.DATA_DIR) / KEPT
    if kept.exists():
        raise Failed(
            f"Une copie d’avant une mise à jour interrompue est restée\u00a0: {kept}. Si la base d’aujourd’hui est "
            "bonne, effacez cette copie et recommencez\u00a0; sinon, remettez-la en place."
        )
    for left in kept.parent.glob(f"{TRIAL}*"):  # a copy in clear, of a trial stopped half way
        shutil.rmtree(left)
    todo = pending()
    if not todo:
        return 0
    say(f"{len(todo)} évolutions de la base à appliquer.")
    try:
        before = _tried(kept, say)
    except BaseException:
        kept.unlink(missing_ok=True)  # nothing was changed yet
        raise
    try:
        _apply(kept, before)
    except NotPutBack:
        raise
    except Failed:
        kept.unlink()
        raise
    except BaseException:
        say(f"Mise à jour interrompue\u00a0: la base d’avant est entière, dans {kept}. N’y touchez pas.")
        raise
    kept.unlink()
    return len(todo)


def _tried(kept: Path, say: Callable[[str], None]) -> dict[str, int]:
    """Copy the database into ``kept`` and try the migrations on it; gives the counts. Raises Failed."""
    try:
        before = dump.whole_copy(kept)
    except dump.CannotDump as error:
        raise Failed(f"La base n’a pas pu être copiée\u00a0: rien n’a été changé. {error}") from error
    say("Essai sur une copie…")
    if not _rehearsed(kept):
        raise Failed("L’essai sur une copie a échoué\u00a0: rien n’a été changé. Gardez la version actuelle.")
    return before


def _rehearsed(kept: Path) -> bool:
    """Whether the migrations pass on a copy of the copy, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix=TRIAL, dir=settings.DATA_DIR) as place:
        if connection.vendor == "sqlite":
            shutil.copyfile(kept, Path(place) / "serment.sqlite3")
            return _migrated({"DATA_DIR": place, "DATABASE_URL": ""})
        try:
            with postgres.temporary_server() as url:
                dump.fill(url, kept)
                return _migrated({"DATA_DIR": place, "DATABASE_URL": url})
        except (FileNotFoundError, dump.CannotDump) as error:
            raise Failed(f"L’essai sur une copie n’a pas pu se faire\u00a0: {error}") from error


def _migrated(environment: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "serment", "migrate"]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True).returncode == 0


def _apply(kept: Path, before: dict[str, int]) -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
        after = dump.counts()
        if any(after[table] < count for table, count in before.items()):
            raise Failed(f"Des lignes manquent\u00a0: {before} avant, {after} après.")
    except Exception as error:
        try:
            dump.load(kept)
        except Exception as worse:
            raise NotPutBack(
                f"La mise à jour a échoué ({type(error).__name__}), et la base d’avant n’a pas pu être remise en place "
                f"({type(worse).__name__}). Elle est entière, dans {kept} : n’y touchez pas et appelez de l’aide."
            ) from worse
        raise Failed(
            f"La mise à jour a échoué, la base d’avant est remise en place. ({type(error).__name__})"
        ) from error
