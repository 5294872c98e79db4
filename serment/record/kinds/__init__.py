"""The kinds of entry a record is made of. Each is a Pydantic model in its own module; higher rooms register theirs."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class Kind:
    """A kind of entry. ``standing``: it belongs to the summary from the day it is written until it is over.

    ``model`` has ``line()``, the line of a list, and, when it is a `content.Content`, ``rows()``.
    """

    code: str
    model: type[BaseModel]
    label: str
    plural: str
    icon: str = "file-text"
    standing: bool = False


_kinds: dict[str, Kind] = {}


class UnknownKind(KeyError):
    """No room declared this kind."""


def register(kind: Kind) -> None:
    """Declare a kind. Raises ValueError when another model took the code."""
    known = _kinds.get(kind.code)
    if known is not None and known.model is not kind.model:
        raise ValueError(f"kind {kind.code!r} is {known.model.__name__} already")
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Raises UnknownKind."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(code) from None


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def dated() -> tuple[str, ...]:
    """Codes of the kinds whose content has a day of its own, often long before it is written (ADR 25)."""
    return tuple(kind.code for kind in _kinds.values() if getattr(kind.model, "own_day", ""))


def register_own() -> None:
    """The record's own kinds (called when the app is ready)."""
    from serment.record.kinds import (
        allergy,
        consultation,
        document,
        history,
        lifestyle,
        measure,
        note,
        observation,
        pregnancy,
        problem,
        result,
        score,
        screening,
        situation,
        treatment,
        vaccination,
    )

    for module in (
        consultation,
        problem,
        allergy,
        history,
        treatment,
        measure,
        observation,
        note,
        document,
        result,
        vaccination,
        screening,
        score,
        situation,
        lifestyle,
        pregnancy,
    ):
        register(module.KIND)
