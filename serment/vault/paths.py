"""Paths of pages, written once per URL name: a list of fifty lines asks for fifty of them."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.urls import reverse

from serment.vault.ids import encode

_ONE_ID: tuple[str | None, ...] = (None,)
_FIRST = 1 << 61  # ids that no row has, found again in the path as their text


def path(name: str, *args: Any) -> str:
    """`reverse` for arguments that are ids (integers) or words. Raises NoReverseMatch."""
    if len(args) == 1 and isinstance(args[0], int):
        before, after = _pieces(name, _ONE_ID)
        return before + encode(args[0]) + after
    shape = tuple(None if isinstance(arg, int) else str(arg) for arg in args)
    if not any(part is None for part in shape):
        return _fixed(name, shape)
    pieces = _pieces(name, shape)
    ids = [encode(arg) for arg in args if isinstance(arg, int)]
    return "".join(piece + text for piece, text in zip(pieces, [*ids, ""], strict=True))


@lru_cache(maxsize=1024)
def _fixed(name: str, args: tuple[str, ...]) -> str:
    return reverse(name, args=args)


@cache
def _pieces(name: str, shape: tuple[str | None, ...]) -> list[str]:
    """What stands around the ids, in the order of the path (which is the order of the arguments here)."""
    marks = [_FIRST + place for place, part in enumerate(shape) if part is None]
    given = iter(marks)
    rest = reverse(name, args=[next(given) if part is None else part for part in shape])
    pieces = []
    for mark in marks:
        before, _, rest = rest.partition(encode(mark))
        pieces.append(before)
    return [*pieces, rest]
