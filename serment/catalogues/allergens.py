"""What one may be allergic to beside a substance of the medicines: classes, and what is no medicine. Dated data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.formats.names import fold

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class AllergyClass:
    """``words``: folded, what names it. ``atc``: prefixes of its members; ``near``: of possible cross reactions.

    ``substances``: bare names of its members, one medicine in four having no code. ``excipient``: no medicine, and what
    is in some of them beside their substances. ``broad``: holds other classes, and is nobody's allergy unless so named.
    ``cautious``: between members, a reaction is possible and no text forbids. ``forbids``: bare names of what is no
    member and is contra-indicated all the same by its own text. ``source``: of that, empty for the table's own.
    """

    label: str
    words: tuple[str, ...]
    atc: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    substances: frozenset[str] = frozenset()
    excipient: bool = False
    broad: bool = False
    near_substances: frozenset[str] = frozenset()
    forbids: frozenset[str] = frozenset()
    cautious: bool = False
    source: str = ""

    @property
    def named(self) -> frozenset[str]:
        """Every bare name that the row tells of, allergy or medicine."""
        return self.substances | self.near_substances | self.forbids


@cache
def classes() -> tuple[tuple[AllergyClass, ...], str]:
    """(classes of medicines, their source)."""
    raw = tomllib.loads((_FOLDER / "allergy_classes.toml").read_text())
    found = tuple(
        AllergyClass(
            row["label"],
            _words(row),
            tuple(row["atc"]),
            tuple(row["near"]),
            frozenset(row["substances"]),
            broad=row.get("broad", False),
            near_substances=frozenset(row.get("near_substances", ())),
            forbids=frozenset(row.get("forbids", ())),
            cautious=row.get("cautious", False),
            source=row.get("source", ""),
        )
        for row in raw["class"]
    )
    return found, raw["source"]


@cache
def others() -> tuple[AllergyClass, ...]:
    """Foods, venoms, latex, what one breathes or touches."""
    raw = tomllib.loads((_FOLDER / "allergens.toml").read_text())
    return tuple(
        AllergyClass(row["label"], _words(row), excipient=row.get("excipient", False))
        for row in raw["allergen"]
    )


def _words(row: dict[str, object]) -> tuple[str, ...]:
    listed: list[str] = row["words"]  # type: ignore[assignment]
    return tuple(dict.fromkeys([*map(fold, listed), fold(str(row["label"]))]))


def search(text: str, limit: int = 8) -> list[str]:
    """Labels of the classes, then of the others, that a word of theirs begins as the text."""
    asked = fold(text)
    if len(asked) < 3:
        return []
    wanted = (asked, asked.replace(" ", ""))
    found = [
        one.label
        for one in (*classes()[0], *others())
        if any(f" {want}" in f" {word}" for word in one.words for want in wanted)
    ]
    return found[:limit]


def is_listed(label: str) -> bool:
    return any(label == one.label for one in (*classes()[0], *others()))
