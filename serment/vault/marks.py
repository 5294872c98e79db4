"""Words that stand for something of a patient's care, as they go into an address: letters that say nothing (E-WEB-2).

An address stays in a browser's history and in the journals of whatever stands before the server; beside a patient's id,
« pregnancy » or « audit_c » would tell of their health. A mark is keyed with the machine's secret: the same word gives
the same mark here, and nobody else reads it. It has the shape of an id (`vault.ids`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings

from serment.vault.ids import decode, encode

_sources: list[Callable[[], Iterable[str]]] = []


def register(words: Callable[[], Iterable[str]]) -> None:
    """Declare where words come from, that addresses may carry."""
    _sources.append(words)


@cache
def mark(word: str) -> str:
    """The word as an address carries it; an id or an empty text stays as it is."""
    if not word or _is_id(word):
        return word
    digest = hmac.new(settings.SECRET_KEY.encode(), b"mark|" + word.encode(), hashlib.sha256).digest()
    return encode(int.from_bytes(digest[:8]) >> 1)


def word(text: str) -> str:
    """The registered word of a mark; any other text as it is, for the view to refuse."""
    return _words().get(text, text)


@cache
def _words() -> dict[str, str]:
    return {mark(one): one for source in _sources for one in source()}


def _is_id(text: str) -> bool:
    try:
        decode(text)
    except ValueError:
        return False
    return True


class MarkConverter:
    """Django path converter ``<mark:…>``: the view is given the word."""

    regex = "[0-9a-hjkmnp-tv-z]{13}"

    def to_python(self, value: str) -> str:
        return word(value)

    def to_url(self, value: str) -> str:
        return mark(value)
