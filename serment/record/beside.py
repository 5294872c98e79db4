"""What another room knows of an entry, shown on its page: who acknowledged a result. Rooms above register theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """A label, what is said (French), and where it leads: (words, address)."""

    label: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


Source = Callable[[int], Iterable[Beside]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """``source(entry_id)``: what is known of an entry of that kind, in a constant number of queries."""
    _sources[kind] = source


def of(kind: str, entry_id: int) -> list[Beside]:
    source = _sources.get(kind)
    return list(source(entry_id)) if source else []
