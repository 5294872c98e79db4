"""What a search that finds nothing is tried with: another word of the form, then a near spelling. Bounded reads."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from serment.catalogues.models import Word
from serment.catalogues.synonyms import forms

LEAST = 5
"""Letters of a word whose spelling is looked at."""
BEGINNING = 3
"""Letters that are taken as right: the range of the index that is read."""
READ = 4000
CLOSE = 0.8
"""Share of letters in common: one wrong of five, two of ten."""


def otherwise(names: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """(words to search instead, those among them whose spelling was changed), the likeliest first.

    One query for each word, and one more for each that begins no word of the medicines.
    """
    for other in _with_forms(names):
        yield other, []
    near = {word: _near(word) for word in names if len(word) >= LEAST and word not in forms()}
    changed = {word: found for word, found in near.items() if found}
    if not changed:
        return
    respelt = [changed.get(word, word) for word in names]
    for other in (respelt, *_with_forms(respelt)):
        yield other, list(changed.values())


def _with_forms(names: list[str]) -> Iterator[list[str]]:
    for place, word in enumerate(names):
        for form in forms().get(word, ()):
            yield [*names[:place], form, *names[place + 1 :]]


def _near(word: str) -> str:
    """The word of the index that is nearest; empty where the word begins one, or where none is near."""
    rows = Word.objects.filter(kind="m", word__gte=word[:BEGINNING], word__lt=word[:BEGINNING] + "\uffff")
    if rows.filter(word__gte=word, word__lt=word + "\uffff").exists():
        return ""
    known = rows.order_by().values_list("word", flat=True).distinct()[:READ]
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=CLOSE)), "")
