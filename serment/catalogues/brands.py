"""A word written of an allergy, as the medicines know it: a brand gives its substances, a substance its ATC codes.

Two queries for any number of words. Homeopathic medicines name nothing one is allergic to, and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from serment.catalogues.models import Medicine, Word
from serment.catalogues.selectors import targets
from serment.catalogues.substances import folded, moiety
from serment.catalogues.wording import HOMEOPATHIC, RANKS
from serment.formats.names import words

MOST = 24
"""Medicines looked at for one word: more than any brand has."""
SEVERAL = 6
"""Substances of a name that could still be a brand; beyond, it is a common word (« solution »)."""
_NOTHING = frozenset(
    {"homme", "femme", "enfant", "adulte", "vaccin", "solution", "poudre", "comprime", "gelule"}
)


@dataclass(frozen=True)
class Meant:
    """``substances``: moieties that the word means. ``atc``: codes of the medicines that hold one of them alone."""

    substances: frozenset[str]
    atc: frozenset[str] = frozenset()
    is_brand: bool = False


def meanings(asked: Iterable[str]) -> dict[str, Meant]:
    """Folded word → what it means, of those that the medicines know. Two queries, none for no word."""
    wanted = {word for word in asked if len(word) >= 3} - _NOTHING
    if not wanted:
        return {}
    ranks = [rank for rank in RANKS if rank < HOMEOPATHIC]
    rows = Word.objects.filter(kind="m", word__in=wanted, rank__in=ranks).order_by("rank")
    found: dict[str, list[str]] = defaultdict(list)
    for word, key in rows.values_list("word", "target")[: MOST * 10 * len(wanted)]:
        if len(found[word]) < MOST:
            found[word].append(key)
    keys = {key for some in found.values() for key in some}
    fields = ("key", "name", "atc", "substances")
    held = {row[0]: row[1:] for row in Medicine.objects.filter(key__in=keys).values_list(*fields)}
    meant = {word: _meant(word, [held[key] for key in some if key in held]) for word, some in found.items()}
    return {word: one for word, one in meant.items() if one.substances}


def _meant(word: str, medicines: list[tuple[str, str, list[list[str]]]]) -> Meant:
    """A substance where a medicine holds one so called; otherwise the brand that the word begins."""
    named: set[str] = set()
    codes: set[str] = set()
    brands: list[set[str]] = []
    for name, atc, substances in medicines:
        inside = {moiety(row[1]) for row in substances}
        said = {moiety(row[1]) for row in substances if word in folded(row[1]).split()}
        named |= said
        if said and atc and len({row[4] for row in substances}) == 1:
            codes.add(atc)
        if words(name)[:1] == [word]:
            brands.append(inside)
    if named:
        return Meant(frozenset(named), frozenset(codes))
    shared = set.intersection(*brands) if brands else set()
    every = set.union(*brands) if brands else set()
    inside = shared or (every if len(every) <= SEVERAL else set())
    only = {atc for _, atc, _ in medicines if atc} if len(inside) == 1 else set()
    return Meant(frozenset(inside), frozenset(only), is_brand=True)


def search(text: str, limit: int = 8) -> list[str]:
    """« Augmentin (amoxicilline, acide clavulanique) » for each brand whose first word begins as the text."""
    typed = words(text)
    if len(typed) != 1 or len(typed[0]) < 3:
        return []
    rows = Medicine.objects.filter(key__in=targets("m", typed[0]), homeopathic=False).values_list(
        "name", "substances"
    )
    found: dict[str, list[list[list[str]]]] = defaultdict(list)
    for name, substances in rows:
        first = words(name)[:1]
        begins = first and first[0].startswith(typed[0])
        if begins and not any(first[0] in folded(row[1]).split() for row in substances):
            found[first[0]].append(substances)
    return sorted(filter(None, (_label(word, some) for word, some in found.items())), key=len)[:limit]


def is_listed(label: str) -> bool:
    """Whether a label is one that `search` gives."""
    brand, bracket, _ = label.partition(" (")
    return bool(bracket) and label in search(brand, limit=60)


def _label(word: str, medicines: list[list[list[str]]]) -> str:
    """The brand with what all of its medicines hold (« Nurofen (ibuprofène) »), or at most six substances of them."""
    each = [{moiety(row[1]): row[1] for row in substances} for substances in medicines]
    shared = set.intersection(*(set(one) for one in each))
    every = set().union(*each)
    kept = shared or (every if len(every) <= SEVERAL else set())
    names: dict[str, str] = {}
    for one in each:
        for key, name in one.items():
            names[key] = min(names.get(key, name), name, key=len)
    return f"{word.capitalize()} ({', '.join(sorted(names[key].lower() for key in kept))})" if kept else ""
