"""Tests and scores: those that ship (`data/scores.toml`) and those that the practice defines. Pure but for the data.

A practice writes its own as text: an item by line, « libellé | points au plus » or « libellé | 0 non ; 1 oui »; a
reading by line, « à partir de : lecture ».
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from serment.formats.text import sentence
from serment.record.kinds.score import Score, ScoreAnswer

_FILE = Path(__file__).parent / "data" / "scores.toml"
MAX_ITEMS, MAX_POINTS = 60, 100
_CHOICE = re.compile(r"(-?[0-9]{1,3})\s+(.{1,120})")
Choices = tuple[tuple[int, str], ...]


class BadDefinition(ValueError):
    """A text that does not define a test; the message is French and names the line."""


@dataclass(frozen=True)
class Item:
    """``choices``: (points, what is said) of each answer."""

    label: str
    choices: Choices


@dataclass(frozen=True)
class Definition:
    """``bands``: (from this total, what it reads). ``own``: the practice wrote it."""

    code: str
    title: str
    source: str
    items: tuple[Item, ...]
    bands: tuple[tuple[int, str], ...]
    own: bool = False
    ages: tuple[int, int] = (0, 150)
    watched: int | None = None
    """Place of an item to which attention is drawn as soon as it has a point."""

    def is_for(self, age: int) -> bool:
        """Whether it is for someone of this age, in years."""
        return self.ages[0] <= age <= self.ages[1]

    @property
    def out_of(self) -> int:
        return sum(max(points for points, _ in item.choices) for item in self.items)

    def read(self, answers: list[int], note: str = "") -> Score:
        """The score of these answers (points by item). Raises ValueError when one is missing or out of its range."""
        if len(answers) != len(self.items):
            raise ValueError("Répondez à chaque item.")
        given = []
        for item, points in zip(self.items, answers, strict=True):
            said = dict(item.choices).get(points)
            if said is None:
                raise ValueError("Une réponse est hors de ses choix.")
            given.append(ScoreAnswer(label=item.label, said=said, points=points))
        total = sum(answers)
        band = [text for least, text in self.bands if total >= least]
        return Score(
            code=self.code,
            title=self.title,
            source=self.source,
            answers=answers,
            detail=given,
            total=total,
            out_of=self.out_of,
            band=band[-1] if band else "",
            note=note,
            attention=self._attention(given),
        )

    def _attention(self, given: list[ScoreAnswer]) -> str:
        if self.watched is None or not given[self.watched].points:
            return ""
        answer = given[self.watched]
        said = f"{sentence(answer.label)}\u00a0: «\u00a0{answer.said}\u00a0»"
        return f"{said}. À reprendre avec le patient aujourd’hui."


@cache
def shipped() -> dict[str, Definition]:
    raw = tomllib.loads(_FILE.read_text())
    return {code: _shipped(code, row) for code, row in raw.items()}


def _shipped(code: str, row: dict[str, Any]) -> Definition:
    if "text" in row:
        items = parse_items(row["text"])
    else:
        items = tuple(Item(label, tuple(enumerate(row["answers"]))) for label in row["items"])
    return Definition(
        code,
        row["title"],
        row["source"],
        items,
        tuple((least, text) for least, text in row["bands"]),
        ages=(row.get("from_age", 0), row.get("to_age", 150)),
        watched=row.get("watched"),
    )


def parse_items(text: str) -> tuple[Item, ...]:
    """Raises BadDefinition."""
    found = [_item(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not found:
        raise BadDefinition("Écrivez au moins un item, un par ligne.")
    if len(found) > MAX_ITEMS:
        raise BadDefinition(f"Un test a {MAX_ITEMS} items au plus.")
    return tuple(found)


def _item(place: int, line: str) -> Item:
    label, bar, rest = (part.strip() for part in line.partition("|"))
    if not bar or not label or not rest or len(label) > 160:
        raise BadDefinition(f"Ligne {place}\u00a0: écrivez «\u00a0libellé | points au plus\u00a0».")
    if re.fullmatch(r"[0-9]{1,3}", rest):
        most = int(rest)
        if not 1 <= most <= MAX_POINTS:
            raise BadDefinition(f"Ligne {place}\u00a0: de 1 à {MAX_POINTS} points.")
        return Item(label, tuple((points, str(points)) for points in range(most + 1)))
    choices = [_CHOICE.fullmatch(part.strip()) for part in rest.split(";")]
    if any(choice is None for choice in choices) or len(choices) < 2:
        raise BadDefinition(
            f"Ligne {place}\u00a0: les réponses s’écrivent «\u00a00 non\u00a0; 1 oui\u00a0», points d’abord."
        )
    pairs = [(int(choice[1]), choice[2].strip()) for choice in choices if choice]
    if len({points for points, _ in pairs}) != len(pairs):
        raise BadDefinition(f"Ligne {place}\u00a0: deux réponses ont les mêmes points.")
    return Item(label, tuple(pairs))


def parse_bands(text: str) -> tuple[tuple[int, str], ...]:
    """Raises BadDefinition."""
    found: list[tuple[int, str]] = []
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        least, colon, words = (part.strip() for part in line.partition(":"))
        if not colon or not words or len(words) > 120 or not re.fullmatch(r"-?[0-9]{1,4}", least):
            raise BadDefinition(
                f"Ligne {place}\u00a0: écrivez «\u00a010 : trouble modéré\u00a0», le seuil d’abord."
            )
        found.append((int(least), words))
    if len({least for least, _ in found}) != len(found):
        raise BadDefinition("Deux lectures ont le même seuil.")
    return tuple(sorted(found))
