"""Imports as they are remembered: the newest of a catalogue, and whether a file is the one already in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from django.db.models import Model

from serment.catalogues.models import ImportRun, Word
from serment.formats.names import words

BATCH = 400
Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Progress for nobody."""


def newest(catalogue: str) -> ImportRun | None:
    return ImportRun.objects.filter(catalogue=catalogue).order_by("-pk").first()


def same_as_before(catalogue: str, digest: str) -> ImportRun | None:
    """The newest import where it was of these very bytes: then a second import has nothing to do."""
    last = newest(catalogue)
    return last if last is not None and last.digest == digest else None


def word_rows(kind: str, target: str, first: str, *others: str) -> list[Word]:
    """Words that find a target: those that begin ``first`` rank 0, those of ``others`` 1, the rest of ``first`` 2."""
    ranks: dict[str, int] = {}
    for place, word in enumerate(words(first)):
        ranks.setdefault(word, 0 if place == 0 else 2)
    for text in others:
        for word in words(text):
            ranks[word] = min(ranks.get(word, 1), 1)
    return [Word(kind=kind, word=word[:60], target=target, rank=rank) for word, rank in ranks.items()]


def insert(rows: Iterable[Model], size: int = BATCH) -> int:
    """Insert rows as they come, a batch at a time, so that a long catalogue is never whole in memory; how many."""
    total, rest = 0, iter(rows)
    while batch := list(islice(rest, size)):
        type(batch[0])._default_manager.bulk_create(batch)
        total += len(batch)
    return total


def index(kind: str, rows: Iterable[Word]) -> int:
    """Replace the words of a kind; how many there are."""
    Word.objects.filter(kind=kind).delete()
    return insert(rows, 2000)
