"""« Ce qui vous attend »: what each room puts on « Ma journée ». They register; the home page asks (DESIGN §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing to do: French words without a health datum, where a click leads, an icon of the sprite.

    ``urgent`` lines come first and say so; ``order`` sorts the others, lowest first.
    """

    text: str
    path: str
    icon: str = "clipboard-check"
    urgent: bool = False
    order: int = 50


Source = Callable[[Any], Iterable[Waiting]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """``source(request)`` gives what waits for the person of this session, in a constant number of queries."""
    if source not in _sources:
        _sources.append(source)


def waiting_for(request: Any) -> list[Waiting]:
    """Everything that waits for this person, the most pressing first."""
    found = [item for source in _sources for item in source(request)]
    return sorted(found, key=lambda item: (not item.urgent, item.order))
