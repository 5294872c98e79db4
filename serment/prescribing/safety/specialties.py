"""The specialties that a condition of prescription names, written as one writes them.

The BDPM prints them in capitals without accents: « services HEPATO/GASTRO-ENTEROLOGIE ».
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from serment.formats.names import fold

_FILE = Path(__file__).parents[1] / "data" / "specialties.toml"
_NAMED = re.compile(
    r"^prescription (?:initiale annuelle )?réservée aux (?:spécialistes et services|spécialistes en|spécialistes"
    r"|médecins compétents(?: en)?|médecins) (.+)"
)
_CAPITALS = re.compile(r"\b[A-Z]+\b(?!\))")
"""Not « (CSAPA) », which is an acronym."""


@cache
def _accents() -> dict[str, str]:
    words = tomllib.loads(_FILE.read_text(encoding="utf-8"))["words"]
    return {fold(word).upper(): word for word in words}


def named(text: str) -> str:
    """Who may prescribe, as a condition of the BDPM says it; empty where the text reserves nothing.

    « prescription réservée aux spécialistes et services ONCOLOGIE MEDICALE » is « oncologie médicale ».
    """
    found = _NAMED.match(text)
    if found is None:
        return ""
    return _CAPITALS.sub(lambda word: _accents().get(word[0], word[0].lower()), found[1])
