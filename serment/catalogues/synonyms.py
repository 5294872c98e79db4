"""What people call a medicine when they say neither its DCI nor its brand: « vit d », « aspirine », « pilule ». Pure.

The names are ours, dated, « à vérifier »: `data/synonyms.toml`. A vitamin is one word of the index, « vitd3 », however
it is written: « vitamine D3 », « vit d », « Vitamine B 12 ».
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from serment.formats.names import words

_FILE = Path(__file__).parent / "data" / "synonyms.toml"
_APART = re.compile(r"[\s-]")
_VITAMIN = re.compile(
    r"\bvit(?:amines?|\.)?[\s-]*(?:(?P<of>b[\s-]?(?:12|[1-9])|d[\s-]?[23]|k[\s-]?[12])|(?P<alone>[abcdek]|pp))(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Name:
    said: frozenset[str]
    substances: tuple[frozenset[str], ...]
    form: frozenset[str]
    without: tuple[frozenset[str], ...]


@cache
def _names() -> tuple[_Name, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["name"]
    return tuple(
        _Name(
            frozenset(word for said in row["said"] for word in _indexed(said)),
            _phrases(row["is"]),
            frozenset(words(row.get("form", ""))),
            _phrases(row.get("without", ())),
        )
        for row in rows
    )


@cache
def forms() -> dict[str, tuple[str, ...]]:
    """Folded word → words of a form to try instead of it, where it finds nothing."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["form"]
    return {word: tuple(row["is"]) for row in rows for word in row["said"]}


def _phrases(texts: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words(text)) for text in texts)


def _indexed(said: str) -> list[str]:
    """« vitamine B12 » is found as a vitamin and as « b12 »."""
    found = words(joined(said))
    return [*found, *(word.removeprefix("vit") for word in found if re.fullmatch(r"vit[a-z]\d+", word))]


def digest() -> str:
    """Of the file: an index made with another is to be made again."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()


def joined(text: str) -> str:
    """The text with each vitamin as one word: « vit b 12 Gerda » is « vitb12 Gerda »."""
    return _VITAMIN.sub(lambda match: f"vit{_APART.sub('', match['of'] or match['alone']).lower()}", text)


@lru_cache(maxsize=16_384)
def _of(substance: str) -> tuple[_Name, ...]:
    """The names that a substance may have. Remembered: they are those of a public catalogue."""
    own = frozenset(words(substance))
    return tuple(name for name in _names() if any(phrase <= own for phrase in name.substances))


def of_substance(substance: str) -> set[str]:
    """Folded words that find a substance, whatever the form."""
    return {word for name in _of(substance) if not name.form for word in name.said}


def of_medicine(substances: Iterable[Sequence[Any]], form: str) -> set[str]:
    """Folded words that find a medicine beside those of its label and its name; ``substances`` as `Medicine` has."""
    listed = [str(row[1]) for row in substances]
    names = {name for substance in listed for name in _of(substance)}
    shape, held = frozenset(words(form)), [frozenset(words(substance)) for substance in listed]
    return {
        word
        for name in names
        if name.form <= _singular(shape) and not any(out <= own for out in name.without for own in held)
        for word in name.said
    }


def _singular(shape: frozenset[str]) -> frozenset[str]:
    return shape | {word.removesuffix("s") for word in shape}
