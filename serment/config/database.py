"""One line chooses the database: SQLite by default, PostgreSQL by ``DATABASE_URL``.

``postgresql://user:password@host:port/name`` selects PostgreSQL. Anything else is refused rather than
guessed at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database: one file, WAL, every commit flushed to the disk."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Writers take the lock at BEGIN, so a check and the write that follows it are one act.
            "transaction_mode": "IMMEDIATE",
            # Seconds that a writer waits for another: longer than the import of a whole catalogue, which is one act.
            "timeout": 60,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;"
                "PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864;"
            ),
        },
    }


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for ``postgresql://…``. Raises ValueError for another scheme."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL : schéma « {parts.scheme} » inconnu (attendu : postgresql://…)")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        # Every query here is short and served from memory: compiling one costs more than running it, and the
        # planner must not read a whole table for a week of appointments.
        # A statement asked a third time on a connection is kept by the server, parsed and planned with its row
        # policy: half of what the server spent on a page. The practice is read from the session at each run.
        "OPTIONS": {
            "options": "-c jit=off -c random_page_cost=1.1 -c effective_cache_size=1GB",
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
    }
