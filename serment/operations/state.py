"""The state of the service, for who maintains it without a key: versions, sizes, sessions, last errors (R6.11)."""

from __future__ import annotations

import json
import platform
import shutil
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

from serment import __version__
from serment.access.models import Person, Session
from serment.journal.models import Event
from serment.operations.models import Intervention

SHOWN = 200
STARTED_AT = timezone.now()


@dataclass(frozen=True)
class Line:
    """One line of the service's log: codes only (`config.service_log`)."""

    at: datetime
    level: str
    logger: str
    page: str
    error: str
    where: str


def facts() -> list[tuple[str, str]]:
    """(what, value), in French: nothing of a patient, nothing of what anyone typed."""
    started = timezone.localtime(STARTED_AT)
    open_sessions = Session.objects.filter(ended_at=None, locked_at=None).count()
    return [
        (
            "Version",
            f"Serment {__version__}, Django {django.get_version()}, Python {platform.python_version()}",
        ),
        ("En marche depuis", f"le {started:%d/%m/%Y à %H:%M}"),
        ("Base de données", _database()),
        ("Place libre", f"{shutil.disk_usage(settings.DATA_DIR).free / 1e9:.1f} Go"),
        ("Sessions ouvertes", str(open_sessions)),
    ]


def _database() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT version(), pg_database_size(current_database())")
            said, size = cursor.fetchone()
            name = " ".join(said.split()[:2])
        else:
            cursor.execute("SELECT sqlite_version()")
            name = f"SQLite {cursor.fetchone()[0]}"
            path = Path(str(settings.DATABASES["default"]["NAME"]))
            size = path.stat().st_size if path.exists() else 0
    return f"{name}, {size / 1e6:.0f} Mo"


def log() -> list[Line]:
    """The last lines, newest first; what cannot be read as one of ours is left out."""
    path = Path(settings.SERVICE_LOG)
    found = []
    for source in (path.with_name(f"{path.name}.1"), path):
        if source.exists():
            found += [line for raw in source.read_text().splitlines()[-SHOWN:] if (line := _line(raw))]
    return found[::-1][:SHOWN]


def _line(raw: str) -> Line | None:
    try:
        values: dict[str, Any] = json.loads(raw)
        at = datetime.fromisoformat(values.pop("at"))
        return Line(
            at=at, **{name: str(values[name]) for name in ("level", "logger", "page", "error", "where")}
        )
    except (ValueError, KeyError, TypeError):
        return None


def gestures(rows: list[Intervention]) -> dict[int, int]:
    """How many lines of the journal the technicians wrote during each intervention: two queries."""
    if not rows:
        return {}
    people = list(Person.objects.filter(profile="technician").values_list("pk", flat=True))
    since = min(row.opened_at for row in rows)
    events = Event.objects.filter(actor_id__in=people, at__gte=since).order_by("at")
    times = list(events.values_list("at", flat=True))
    return {
        row.pk: bisect_right(times, row.closed_at or row.ends_at) - bisect_left(times, row.opened_at)
        for row in rows
    }
