"""Texts brought to a plain form for comparing. Base of ``names``, ``phonetics`` and ``dates``."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """``"Cœur d’Élise-Anne"`` → ``"coeur d elise anne"``: ASCII lower case, single spaces, for comparing.

    Accents, case, hyphens, apostrophes and other signs do not count. Idempotent. Letters of other alphabets are
    dropped.
    """
    return _NOT_A_WORD.sub(" ", unaccented(text.casefold())).strip()


def unaccented(text: str) -> str:
    """Letters without their accents, ligatures opened; case and everything else kept."""
    split = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(char for char in split if not unicodedata.combining(char))
