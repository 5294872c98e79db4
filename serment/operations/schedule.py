"""The daily backup of a served practice: one thread that asks, a process of its own that does."""

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
    """Look every half hour whether the last good backup is a day old, and make one if so."""
    thread = threading.Thread(target=_watch, name="serment-backup", daemon=True)
    thread.start()
    return thread


def is_due() -> bool:
    last = backup.last_good(Run.Kind.BACKUP)
    return last is None or timezone.now() - last.started_at > timedelta(hours=24)


def _watch() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            due = is_due()
        finally:
            connections.close_all()
        if due:
            subprocess.run([sys.executable, "-m", "serment", "backup"], check=False)
