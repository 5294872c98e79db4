"""Text made printable: nothing invisible, nothing that breaks out of its column. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

ZERO_WIDTH_SPACE = "\u200b"
MISSING = "\ufffd"

# Control characters but tab and line feed, and marks that turn the reading order round: on an ordonnance they could
# make a dose read otherwise than it was typed.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LONG_RUN = re.compile(r"\S{36,}")
_PILED = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""More marks on one letter than any language writes: laying out a thousand of them takes seconds."""


def printable(text: str) -> str:
    """Drop invisible characters and piled marks; let very long words break (a zero-width space every 18 characters)."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _PILED.sub(r"\1", text)
    return _LONG_RUN.sub(lambda run: _broken(run[0]), text)


def _broken(word: str) -> str:
    return ZERO_WIDTH_SPACE.join(word[i : i + 18] for i in range(0, len(word), 18))


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON-like value with ``change`` applied to every string in it (not to keys)."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [each_text(item, change) for item in value]
    return value
