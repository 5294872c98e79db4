"""The service's own log, for who maintains the machine: when, how grave, where in the program; never what was said.

A message or an exception's words could hold what somebody typed. A line therefore keeps codes only: level, logger,
class of the exception, file and line of ours, name of the page. It can be shown to a technician (P-MAINT-2, R6.11).
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MAX_BYTES = 512_000


class ServiceLogHandler(RotatingFileHandler):
    """One JSON object a line, two files of half a megabyte at most, readable by the program's account alone."""

    def __init__(self, filename: str, **options: Any) -> None:
        super().__init__(filename, maxBytes=MAX_BYTES, backupCount=1, delay=True, encoding="utf-8", **options)

    def _open(self) -> Any:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return open(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8")

    def format(self, record: logging.LogRecord) -> str:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        error = record.exc_info[1] if record.exc_info else None
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname,
            "logger": record.name,
            "page": match.view_name if match else "",
            "error": type(error).__name__ if error else "",
            "where": _where(error, record),
        }
        return json.dumps(line, ensure_ascii=True)


def _where(error: BaseException | None, record: logging.LogRecord) -> str:
    """« access/arrivals.py:31 »: the last place of ours that the error passed, or where it was said."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    name, number = (ours[-1].filename, ours[-1].lineno) if ours else (record.pathname, record.lineno)
    place = Path(name)
    return f"{place.relative_to(ROOT) if place.is_relative_to(ROOT) else place.name}:{number}"
