"""Compile a template to PDF/A, in memory.

Data reach typst as JSON, never as markup, so what is typed prints as typed. No file is written, no network is used,
no font of the machine is read: the same data give the same page anywhere. Declared: PDF/A-2a (kept for twenty years,
tagged) and PDF/UA-1 (read by a screen reader). It runs in a process beside this one (`typst_worker`), stopped when it
takes too long: a page that does not come holds nobody.
"""

from __future__ import annotations

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from serment.documents.text import MISSING, each_text, printable

SECONDS = 12
"""Time for one compilation: an ordonnance takes a hundredth of a second, a thousand rows half a second."""
LONGER = {"file": 120, "report": 60}
"""The same, for what may hold a whole record or a register."""
MOST_BYTES = 12_000_000
"""Of the data of one document."""
MOST_SIGNS = 400
"""Signs that a font is asked about, in one document; any other prints as missing."""
_WORKER = Path(__file__).with_name("typst_worker.py")
_lock = threading.Lock()
_running: _Worker | None = None


class CannotRender(Exception):
    """A document could not be made: refused, too heavy or too slow. Carries the template's name only."""


class _Refused(Exception):
    """typst says no."""


class _Stopped(Exception):
    """It took too long, or ended by itself."""


class _Worker:
    """The process beside this one; a child made by a fork has its own."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )

    def ask(self, request: dict[str, Any], seconds: float) -> bytes:
        """Raises _Refused, _Stopped."""
        sent = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(struct.pack(">I", len(sent)) + sent)
            self.process.stdin.flush()
            status, length = struct.unpack(">BI", self._read(5))
            made = self._read(length)
        except OSError:
            raise _Stopped from None
        finally:
            timer.cancel()
        if not status:
            raise _Refused
        return made

    def _read(self, length: int) -> bytes:
        assert self.process.stdout is not None
        found = self.process.stdout.read(length)
        if len(found) < length:
            raise _Stopped
        return found

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def _ask(request: dict[str, Any]) -> bytes:
    """One request at a time. Raises _Refused, _Stopped."""
    global _running
    with _lock:
        if _running is None or _running.owner != os.getpid():
            _running = _Worker()
        try:
            return _running.ask(request, LONGER.get(request.get("template", ""), SECONDS))
        except _Stopped:
            _running.end()
            _running = None
            raise


@atexit.register
def _end() -> None:
    if _running is not None and _running.owner == os.getpid():
        _running.end()


def render(template: str, data: dict[str, Any], on: date) -> bytes:
    """PDF bytes of ``typst/<template>.typ``; ``on`` is the date in the metadata. Raises CannotRender.

    A character that no font has (an emoji, a Chinese sign) prints as « � »: PDF/A forbids to leave a hole. Looked for
    only when typst has refused, since that happens to one document in thousands.
    """
    data = each_text(data, printable)
    try:
        try:
            return _compile(template, data, on)
        except _Refused:
            return _compile(template, _with_known_signs(data), on)
    except (_Refused, _Stopped):
        raise CannotRender(template) from None


def _with_known_signs(data: dict[str, Any]) -> dict[str, Any]:
    signs: set[str] = set()
    each_text(data, lambda text: signs.update(c for c in text if not c.isascii()) or text)
    asked = "".join(sorted(signs)[:MOST_SIGNS])
    known = set(_ask({"glyphs": asked}).decode()) | {MISSING}
    return dict(
        each_text(data, lambda text: "".join(c if c.isascii() or c in known else MISSING for c in text))
    )


def _compile(template: str, data: dict[str, Any], on: date) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > MOST_BYTES:
        raise _Stopped
    at = datetime.combine(on, time(12), UTC).isoformat()
    return _ask({"template": template, "data": text, "at": at})
