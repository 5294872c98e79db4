"""The daily work of a served practice, backup then upkeep: one thread that asks, processes of their own that do."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from serment.operations import backup
from serment.operations.models import Run

EVERY_SECONDS = 1800


def start() -> threading.Thread:
    """Look every half hour whether the last good backup or upkeep is a day old, and start one if so."""
    thread = threading.Thread(target=_watch, name="serment-backup", daemon=True)
    thread.start()
    return thread


def is_due(kind: str) -> bool:
    last = backup.last_good(kind)
    return last is None or timezone.now() - last.started_at > timedelta(hours=24)


def _watch() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        for kind in (Run.Kind.BACKUP, Run.Kind.UPKEEP):
            try:
                due = is_due(kind)
            finally:
                connections.close_all()
            if due:
                subprocess.run([sys.executable, "-m", "serment", kind.value], check=False)
