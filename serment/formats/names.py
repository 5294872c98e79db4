"""Names: folding for search, prefixes, a French phonetic key, display.

The phonetic key is our own: it writes what is heard, roughly, so that Lefebvre, Lefèvre and Lefebure, Philippe and
Filipe, Thibault and Tibo share a key. It is for finding, never for deciding that two people are one.
"""

from __future__ import annotations

import re
import unicodedata

PREFIX_LENGTHS = (2, 3, 4, 6)

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})


def fold(text: str) -> str:
    """Lower case, no accent, hyphens and apostrophes as spaces, single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def words(text: str) -> list[str]:
    return fold(text).split()


def prefixes(word: str) -> set[str]:
    """What is indexed of a folded word: its prefixes of 2, 3, 4 and 6 letters."""
    return {word[:n] for n in PREFIX_LENGTHS if len(word) >= n} or {word}


def query_prefix(word: str) -> str:
    """The longest indexed prefix of a typed word (a 5-letter query asks for its 4 first letters)."""
    return max((word[:n] for n in PREFIX_LENGTHS if len(word) >= n), key=len, default=word)


_PHONETIC = (
    (r"ph", "f"), (r"sch|sh|ch", "S"), (r"gn", "n"), (r"th", "t"), (r"rh", "r"), (r"h", ""),
    (r"eau|au", "o"), (r"oeu|eu|oe", "e"), (r"ou", "U"), (r"[ae]i(?!n|m)|ei", "e"), (r"oi|oy", "wa"),
    (r"[aeiy]?i[nm](?![aeiouyn])|[ea]in(?![aeiouyn])|yn(?![aeiouyn])", "I"),
    (r"[ae][nm](?![aeiouynm])", "A"), (r"o[nm](?![aeiouynm])", "O"),
    (r"qu?|ck|c(?![eiy])", "k"), (r"c(?=[eiy])", "s"), (r"gu(?=[eiy])", "g"), (r"g(?=[eiy])", "j"),
    (r"bv|bu(?=r)|w", "v"), (r"x|z", "s"), (r"y", "i"),
)  # fmt: skip
_RULES = [(re.compile(pattern), replacement) for pattern, replacement in _PHONETIC]


def phonetic(word: str) -> str:
    """The key of one folded word; empty for a word without letters."""
    key = re.sub(r"[^a-z]", "", word)
    if len(key) < 2:
        return key
    key = re.sub(r"(?:lt|ld|lx|ts|ds|[tdsxzpe])+$", "", key) or key
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    key = re.sub(r"(.)\1+", r"\1", key)
    key = key[:1] + re.sub(r"e", "", key[1:])
    return re.sub(r"(.)\1+", r"\1", key)


def ins_trait(text: str) -> str:
    """Upper case without accents; hyphens and apostrophes stay (traits of the INS)."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).upper().replace("’", "'"))
    kept = "".join(c for c in plain if not unicodedata.combining(c)).upper()
    return re.sub(r"\s+", " ", re.sub(r"[^A-Z' \-]", " ", kept)).strip()
