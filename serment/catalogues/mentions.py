"""Medicines that a text in one's own words names: « Skenan LP 30 mg 2/j » names Skenan. Two queries for any texts.

A word counts when it begins the name of a medicine (its brand or its DCI) and is six letters long, or is followed by a
dose. Everyday words that are also names (`data/plain_words.toml`, « à vérifier ») count less, or never.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.catalogues.models import Medicine, Word
from serment.catalogues.substances import is_salt
from serment.catalogues.synonyms import joined
from serment.catalogues.wording import BEGINS_DCI, BEGINS_NAME, COPY, NOT_SOLD
from serment.formats.names import fold

ALONE = 6
"""Letters from which a name needs no dose behind it."""
LEAST = 3
MOST = 40
"""Medicines looked at for one word, those that it begins first."""
_AFTER, _BEFORE = 45, 4
"""Characters in which the dose is looked for, words in which it is said that the medicine is not taken."""
_FILE = Path(__file__).parent / "data" / "plain_words.toml"
_RANKS = [
    rank + behind for rank in (BEGINS_DCI, BEGINS_NAME, COPY, COPY + BEGINS_NAME) for behind in (0, NOT_SOLD)
]
_TOKEN = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[.;:,(\n](?!\d)|\bpuis\b|\bet\b(?! \w*\d)")
_VITAMIN = re.compile(r"vit(?:[abcdek]\d*|pp)")
_NUMBER = re.compile(r"\s*(?:l\.?p\.?\s*)?\d")
"""Right behind a name, which says its strength: « Tahor 10 »."""
_DOSE = re.compile(
    r"\d\s?(?:mg|g|gr|kg|µg|μg|mcg|gammas?|microgrammes?|milligrammes?|grammes?|ui|unites?|u|ml|cl|%|cc|cs"
    r"|cps?|comprimes?|cachets?|gelules?|sachets?|gouttes?|ampoules?|amp|patchs?|bouffees?|injections?|doses?"
    r"|mesures?|suppositoires?|suppos?|fois|matin|midi|soir|coucher)(?![a-z])"
    r"|\d\s?(?:x\s?)?(?:/|par)\s?(?:j|jours?|24|semaine|prise)(?![a-z])"
    r"|\d\s?-\s?\d\s?-\s?\d"
    r"|(?<![a-z])(?:un|une|deux|trois|quatre)\s(?:comprimes?|cachets?|gelules?|sachets?|gouttes?|fois)(?![a-z])"
    r"|(?<![a-z])matin(?:,| et)? (?:midi|soir)"
)


@dataclass(frozen=True)
class Mention:
    """``word``: as it is written. ``medicines``: those whose name it begins. ``dosed``: a dose follows it."""

    word: str
    medicines: tuple[Medicine, ...]
    dosed: bool


@cache
def _plain() -> dict[str, frozenset[str]]:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: frozenset(raw[name]) for name in ("never", "dosed", "stops", "ends")}


def named(texts: Sequence[str]) -> list[list[Mention]]:
    """For each text the medicines that it names, each once, in the order written. Two queries, none for no word."""
    read = [list(_candidates(joined(text))) for text in texts]
    wanted = {key for found in read for _, key, _ in found}
    known = _medicines(wanted) if wanted else {}
    return [_once(found, known) for found in read]


def _once(found: Iterable[tuple[str, str, bool]], known: dict[str, tuple[Medicine, ...]]) -> list[Mention]:
    kept: dict[str, Mention] = {}
    for word, key, dosed in found:
        if key in known and (key not in kept or dosed):
            kept[key] = Mention(word, known[key], dosed)
    return list(kept.values())


def _candidates(text: str) -> Iterable[tuple[str, str, bool]]:
    """(word as written, folded, whether a dose follows) of what may be a name."""
    plain = _plain()
    start = 0
    for end in [*(match.start() for match in _CLAUSE.finditer(text)), len(text)]:
        clause = text[start:end]
        tokens = [(match[0], fold(match[0]), match.end()) for match in _TOKEN.finditer(clause)]
        for place, (word, key, after) in enumerate(tokens):
            if len(key) < LEAST or key.isdigit() or key in plain["never"] or is_salt(key):
                continue
            behind = _flat(text[start + after : start + after + _AFTER])
            numbered = len(key) > LEAST and key not in plain["dosed"] and _NUMBER.match(behind)
            dosed = bool(numbered or _DOSE.search(behind))
            before = {key for _, key, _ in tokens[max(0, place - _BEFORE) : place]}
            if before & plain["ends"] and "pas" not in before:
                continue
            if dosed or (len(key) >= ALONE and key not in plain["dosed"] and not before & plain["stops"]):
                yield _shown(word, key), key, dosed
        start = end


def _shown(word: str, key: str) -> str:
    """A vitamin, one word of the index however it was written, as one reads it."""
    return f"vitamine {key[3:].upper()}" if _VITAMIN.fullmatch(key) else word


def _flat(text: str) -> str:
    """Lower case without accents; figures and signs kept."""
    return re.sub(r"[éèê]", "e", text.casefold())


def _medicines(wanted: set[str]) -> dict[str, tuple[Medicine, ...]]:
    """Folded word → the medicines whose name it begins, homeopathy aside. Two queries."""
    rows = Word.objects.filter(kind="m", word__in=wanted, rank__in=_RANKS).order_by("rank", "target")
    keys: dict[str, list[str]] = defaultdict(list)
    for word, key in rows.values_list("word", "target")[: MOST * 20 * len(wanted)]:
        if len(keys[word]) < MOST:
            keys[word].append(key)
    held = Medicine.objects.in_bulk(list({key for some in keys.values() for key in some}))
    found = {word: tuple(held[key] for key in some if key in held) for word, some in keys.items()}
    return {word: some for word, some in found.items() if some}
