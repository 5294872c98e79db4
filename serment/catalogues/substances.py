"""One substance under its several names: salts, hydrates, acids and their salts, as the BDPM and the thesaurus write.

Pure. A name gives candidate keys, the most precise first; two names meet when they share one. The words that may be
dropped are data, reviewed by hand: `data/salts.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from serment.formats.names import fold

_FILE = Path(__file__).parent / "data" / "salts.toml"
_JOINED = Path(__file__).parent / "data" / "joined.toml"


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """`fold`, remembered: for the words of public catalogues only, never for what is written about a patient."""
    return fold(text)


@cache
def _lists() -> dict[str, frozenset[str]]:
    raw = tomllib.loads(_FILE.read_text())
    return {name: frozenset(raw[name]) for name in ("linking", "anions", "cations", "hydrates")}


def is_salt(word: str) -> bool:
    """« chlorhydrate », « de », « acide »: a folded word that no substance is known by."""
    lists = _lists()
    return any(word in lists[name] for name in ("linking", "anions", "hydrates"))


def full_key(name: str) -> str:
    """Every word that says something, in alphabetical order: « SODIUM (CHLORURE DE) » is « chlorure de sodium »."""
    drop = _lists()["linking"]
    return " ".join(sorted(word for word in fold(name).split() if word not in drop)) or fold(name)


@cache
def candidates(name: str) -> tuple[str, ...]:
    """Keys of a substance, from the full name to the bare moiety. Never empty for a name with a letter.

    « DICLOFÉNAC SODIQUE » → « diclofenac sodique », « diclofenac ». « VALPROATE DE SODIUM » → …, « valproate »,
    « valproique ».
    """
    lists = _lists()
    words = full_key(name).split()
    found = [" ".join(words)]

    def keep(some: list[str]) -> None:
        key = " ".join(some)
        if some and key not in found:
            found.append(key)

    dry = [word for word in words if word not in lists["hydrates"]]
    keep(dry)
    without_anion = [word for word in dry if word not in lists["anions"]]
    keep(without_anion)
    bare = [word for word in without_anion if word not in lists["cations"]]
    keep(bare)
    keep([_acid(word) for word in bare])
    return tuple(found)


def moiety(name: str) -> str:
    """The barest key: what two salts of one substance share. An electrolyte keeps its anion: chloride of sodium is not
    its bicarbonate.
    """
    found = candidates(name)
    return found[0] if set(found[-1].split()) <= _lists()["cations"] else found[-1]


def _acid(word: str) -> str:
    """« valproate » → « valproique »: a salt named after its acid."""
    return f"{word[:-3]}ique" if word.endswith("ate") and len(word) > 6 else word


@dataclass(frozen=True)
class Joined:
    """A substance that the thesaurus writes otherwise (``key``), or does not write: held as another, but for
    ``without`` (folded families) and for what is said of that other by name.
    """

    words: frozenset[str]
    never: frozenset[str]
    key: str
    alike: bool
    without: frozenset[str]


@cache
def _joined() -> tuple[Joined, ...]:
    raw = tomllib.loads(_JOINED.read_text())
    return tuple(
        Joined(
            frozenset(row["words"]),
            frozenset(row.get("never", ())),
            full_key(row.get("same") or row["like"]),
            "like" in row,
            frozenset(fold(name) for name in row.get("without", ())),
        )
        for row in raw["substance"]
    )


@lru_cache(maxsize=16_384)
def joined(name: str) -> Joined | None:
    """How a name that shares no key with the thesaurus is joined to it, by the words that it holds: `joined.toml`."""
    own = frozenset(folded(name).split())
    if "homeopathiques" in own:
        return None
    return next((one for one in _joined() if one.words <= own and own.isdisjoint(one.never)), None)


def strangers(substances: Iterable[Sequence[Any]], is_known: Callable[[str], bool]) -> list[str]:
    """Names of the active substances that are not known, ``substances`` as `Medicine` has; empty where all are.

    A substance is known by itself or by its fraction; the fractions of a complex by each of them.
    """
    links: dict[str, tuple[list[str], list[str]]] = {}
    for row in substances:
        links.setdefault(row[4], ([], []))[row[2] == "FT"].append(row[1])
    found: list[str] = []
    for own, fractions in links.values():
        if not any(some and all(map(is_known, some)) for some in (own, fractions)):
            found += [name for name in fractions or own if not is_known(name)]
    return list(dict.fromkeys(found))
