"""People's names: folding and prefixes for search, typography for display, INS traits.

Folding and the phonetic key have modules of their own, ``folding`` and ``phonetics``; both are offered here too.
"""

from __future__ import annotations

import re

from serment.formats.errors import FormatError
from serment.formats.folding import fold, unaccented
from serment.formats.phonetics import phonetic
from serment.formats.text import plain_spaces

__all__ = [
    "PREFIX_LENGTHS",
    "display_name",
    "fold",
    "given_case",
    "glue",
    "index_words",
    "ins_trait",
    "phonetic",
    "prefixes",
    "query_prefix",
    "upper_name",
    "words",
]

PREFIX_LENGTHS = (2, 3, 4, 6)

_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u00b4`\u2032]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_WORD = re.compile(r"[^\W\d_]+")


def words(text: str) -> list[str]:
    """Folded words in the order typed, repeats kept: ``"Jean-Marie LE GALL"`` → jean, marie, le, gall."""
    return fold(text).split()


def glue(text: str) -> str:
    """Folded words without spaces, so that « Le Gall » is also found as « legall » and « D'Arc » as « darc »."""
    return fold(text).replace(" ", "")


def index_words(text: str) -> list[str]:
    """What to index of one name: its words, then the glued form when there are several. No repeats."""
    found = words(text)
    return list(dict.fromkeys([*found, glue(text)] if len(found) > 1 else found))


def prefixes(word: str) -> set[str]:
    """Search terms of one folded word: its prefixes of 2, 3, 4 and 6 letters, and the whole word."""
    return {word[:length] for length in PREFIX_LENGTHS if length <= len(word)} | {word} if word else set()


def query_prefix(word: str) -> str:
    """The longest indexed prefix of a folded word being typed: 5 letters use their prefix of 4, 9 that of 6.

    A single letter is given back as it is: it only finds words of one letter.
    """
    return max((word[:length] for length in PREFIX_LENGTHS if length <= len(word)), key=len, default=word)


def display_name(family_name: str, given_name: str) -> str:
    """``NOM Prénom``: accents kept in capitals; a given name typed in one case only is capitalised."""
    return f"{upper_name(family_name)} {given_case(given_name)}".strip()


def upper_name(text: str) -> str:
    """``"Lefèvre d’Ormesson"`` → ``"LEFÈVRE D’ORMESSON"``."""
    return plain_spaces(text).upper()


def given_case(text: str) -> str:
    """``"JEAN-rené"`` stays (mixed case is a choice), ``"jean-rené"`` and ``"JEAN-RENÉ"`` → ``"Jean-René"``."""
    value = plain_spaces(text)
    if value not in (value.lower(), value.upper()):
        return value
    return _WORD.sub(lambda match: match[0][0].upper() + match[0][1:].lower(), value)


def ins_trait(text: str) -> str:
    """A name as an INS strict trait: A–Z, hyphen, apostrophe, single spaces. Raises FormatError.

    ``"Cœur d’Élise–Anne"`` → ``"COEUR D'ELISE-ANNE"``.
    """
    value = _DASHES.sub("-", _APOSTROPHES.sub("'", plain_spaces(text)))
    value = unaccented(value).upper()
    if not value:
        raise FormatError("Saisissez le nom tel qu'il figure sur la pièce d'identité.")
    if re.fullmatch(r"[A-Z' \-]+", value) is None:
        raise FormatError(
            "Un nom ne contient que des lettres, des traits d'union, des apostrophes et des espaces."
        )
    if re.search(r"[A-Z]", value) is None:
        raise FormatError("Un nom contient au moins une lettre : complétez-le.")
    return value
