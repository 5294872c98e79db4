"""Everyday words and initials that lead to a CIM-10 code whose label lacks them (`data/diagnosis_words.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from serment.formats.names import fold

_FILE = Path(__file__).parent / "data" / "diagnosis_words.toml"
PREFIX = 3
"""Letters from which the beginning of a word is enough; below, the whole of it (« fa », « ic »)."""


@cache
def known() -> dict[str, tuple[str, ...]]:
    """Folded words → codes with their dot, the likeliest first."""
    return {fold(words): tuple(codes) for words, codes in tomllib.loads(_FILE.read_text())["words"].items()}


def codes(text: str) -> list[str]:
    """Codes of the words that are typed, whole first, else of those that begin so; each once."""
    typed = fold(text)
    if typed in known():
        return list(known()[typed])
    if len(typed) < PREFIX:
        return []
    found = [code for words, listed in known().items() if words.startswith(typed) for code in listed]
    return list(dict.fromkeys(found))
