"""The work of a served practice, daily (backup, upkeep) and at once (results dropped): threads that ask, processes that
do.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from serment.operations import backup
from serment.operations.models import Run
from serment.results import folder
from serment.transmission import agent

FIRST_SECONDS, EVERY_SECONDS = 300, 1800
"""A machine that is on for the morning alone must be backed up too, once people have signed in."""
RESULTS_SECONDS = 20


def start() -> threading.Thread:
    """After five minutes, then every half hour: start the backup or the upkeep whose last good one is a day old; have
    the agents send.
    """
    thread = threading.Thread(target=_watch, name="serment-backup", daemon=True)
    thread.start()
    return thread


def watch_results() -> threading.Thread | None:
    """Have the drop folder sealed as files come; nothing where the installation has none."""
    path = folder.root()
    if path is None:
        return None
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    thread = threading.Thread(target=_watch_folder, args=(path,), name="serment-results", daemon=True)
    thread.start()
    return thread


def _watch_folder(path: Path) -> None:
    """A process of its own seals, only when something lies there that the last one did not leave behind."""
    pause = threading.Event()
    left: frozenset[tuple[str, float]] = frozenset()
    while not pause.wait(RESULTS_SECONDS):
        found = folder.seen_in(path)
        if found and found != left:
            done = subprocess.run([sys.executable, "-m", "serment", "results", "take"], check=False)
            left = folder.seen_in(path) if done.returncode else frozenset()


def is_due(kind: str) -> bool:
    last = backup.last_good(kind)
    return last is None or timezone.now() - last.started_at > timedelta(hours=24)


def _watch() -> None:
    pause = threading.Event()
    seconds = FIRST_SECONDS
    while not pause.wait(seconds):
        seconds = EVERY_SECONDS
        for kind in (Run.Kind.BACKUP, Run.Kind.UPKEEP):
            try:
                due = is_due(kind)
            finally:
                connections.close_all()
            if due:
                subprocess.run([sys.executable, "-m", "serment", kind.value], check=False)
        if agent.in_charge():
            subprocess.run([sys.executable, "-m", "serment", "send"], check=False)
