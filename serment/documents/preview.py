"""What can be seen of a file that came from outside: its pages, its text, a thumbnail. Read in a process of its own."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_WORKER = Path(__file__).with_name("preview_worker.py")
SECONDS = 25


class NoPreview(Exception):
    """The bytes cannot be shown: damaged, protected by a password, or too heavy."""


@dataclass(frozen=True)
class Preview:
    """``thumbnail``: JPEG bytes, 320 pixels wide at most."""

    pages: int
    text: str
    thumbnail: bytes


def look(data: bytes, media_type: str) -> Preview:
    """A PDF or a picture (JPEG, PNG). Raises NoPreview."""
    found = json.loads(_run(["look", media_type, ""], data))
    return Preview(found["pages"], found["text"].replace("\r\n", "\n"), base64.b64decode(found["thumbnail"]))


def page_image(pdf: bytes, number: int, *, large: bool = False) -> bytes:
    """A page of a PDF as a JPEG, 1,240 pixels wide (2,200 when ``large``); ``number`` from 1. Raises NoPreview."""
    return _run(["page", str(number), "large" if large else "page"], pdf)


def joined(pictures: list[bytes]) -> bytes:
    """Pictures as one PDF, a page each, turned as they were taken. Raises NoPreview."""
    return _run(["join", "", ""], json.dumps([base64.b64encode(one).decode() for one in pictures]).encode())


def _run(arguments: list[str], data: bytes) -> bytes:
    """Isolated mode and an empty environment: the process inherits neither a key nor an address of the database."""
    command = [sys.executable, "-I", str(_WORKER), *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, env={}, check=True)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        # Its own words may quote the document.
        raise NoPreview from None
    return done.stdout
