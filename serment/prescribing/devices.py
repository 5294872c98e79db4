"""Devices of an ordonnance against the list of the prescriber's profession: dated data, « à vérifier ».

An article that no line of the list names wants a reason, which is kept; nothing is refused, since the lists reached
these data by public reports and may have been widened since. Doctors have none; a profession without a list here is
told so on the page.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.catalogues.models import Orderable
from serment.catalogues.orderables import orderables
from serment.formats.names import fold
from serment.prescribing import rights
from serment.prescribing.payloads import Line
from serment.prescribing.safety import Alert, Coverage

ABOUT = "liste des dispositifs de votre profession"
NOT_LISTED = "cet article n’est pas dans la liste tenue ici"
_FILE = Path(__file__).parent / "data" / "devices.toml"


@dataclass(frozen=True)
class Article:
    """A line of a list. ``words``: expressions, each of words that are all there; ``only``: its condition in French."""

    label: str
    words: tuple[frozenset[str], ...]
    but: frozenset[str] = frozenset()
    only: str = ""

    def holds(self, said: frozenset[str]) -> bool:
        return self.but.isdisjoint(said) and any(words <= said for words in self.words)


@dataclass(frozen=True)
class Listing:
    """``source``: the text, when it was noted, that it is to be verified; ``beyond``: what is known to be missing."""

    articles: tuple[Article, ...]
    source: str
    beyond: str = ""


@cache
def listing(profession: str) -> Listing | None:
    """The list of a profession; None where none is held."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    row = raw.get(profession)
    if not isinstance(row, dict):
        return None
    articles = tuple(
        Article(
            one["label"],
            tuple(_words(text) for text in one["words"]),
            _words(" ".join(one.get("but", ()))),
            one.get("only", ""),
        )
        for one in row["item"]
    )
    source = f"{row['text']}, relevé le {raw['dated']:%d/%m/%Y}, à vérifier"
    return Listing(articles, source, row.get("beyond", ""))


def is_free(profession: str) -> bool:
    """Whether the profession prescribes any device: doctors."""
    return rights.of(profession).medicines == "all"


def check(lines: list[Line], profession: str) -> tuple[list[Alert], list[Coverage]]:
    """(an alert that wants a reason for each article that the list does not name, what was looked at). One query."""
    if is_free(profession):
        return [], []
    known = listing(profession)
    if known is None:
        return [], [Coverage(ABOUT, 0, len(lines), rights.of(profession).text)]
    rows = orderables(line.code for line in lines if line.code)
    alerts = [
        _asked(place, line, known)
        for place, line in enumerate(lines)
        if _named(line, rows.get(line.code), known) is None
    ]
    return alerts, [Coverage(ABOUT, len(lines), len(lines), known.source, partial=True)]


def _named(line: Line, row: Orderable | None, known: Listing) -> Article | None:
    said = _words(f"{line.text} {row.label} {row.chapter}" if row else line.text)
    return next((one for one in known.articles if one.holds(said)), None)


def _words(text: str) -> frozenset[str]:
    """Folded words, each as if there were one of it."""
    return frozenset(word.rstrip("sx") if len(word) > 3 else word for word in fold(text).split())


def _asked(place: int, line: Line, known: Listing) -> Alert:
    text = line.text if len(line.text) <= 80 else f"{line.text[:79]}…"
    return Alert(
        "profession",
        "règle",
        (place,),
        f"« {text} » : {NOT_LISTED}",
        f"À vérifier : dites quel texte ou quelle prescription médicale le permet. {known.beyond}".strip(),
        source=known.source,
    )
