"""What should not be in a record's free text, said as it is written (E-DEV-2). A caution is confirmed or mended; it
never blocks care."""

from __future__ import annotations

import re
from collections.abc import Iterable

from serment.formats.nir import is_valid_nir

_NUMBER = re.compile(r"(?<![0-9])[1-478](?:[ .\u00a0-]?[0-9AB]){14}(?![0-9])")


def has_nir(text: str) -> bool:
    """Whether a social-security number with a right key is written in there: its place is the identity page (R5.4)."""
    return any(is_valid_nir(found.group()) for found in _NUMBER.finditer(text))


def cautions(texts: Iterable[tuple[str, str]]) -> list[str]:
    """French phrases for (label, text) pairs."""
    return [
        f"{label}\u00a0: un numéro de sécurité sociale y est écrit, sa place est dans la fiche d’identité"
        for label, text in texts
        if has_nir(text)
    ]
