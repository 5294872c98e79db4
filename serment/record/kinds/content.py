"""What every kind's content is: bounded fields, a line for lists, and rows for reading and comparing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel

from serment.formats.text import number_text

GUIDANCE = "Ce qui sert aux soins. Ni jugement, ni numéro de sécurité sociale, ni vie privée sans utilité."
"""Said beside fields of free text (E-DEV-2)."""


class Content(BaseModel):
    """Base of the kinds. A field's ``title`` is its French label; ``words`` gives the French of coded values.

    ``hidden`` names the fields nobody reads on screen (keys of a catalogue).
    """

    words: ClassVar[dict[str, dict[str, str]]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()
    keys: ClassVar[frozenset[str]] = frozenset()
    """Those of the hidden that are a machine's: nobody looks for them."""
    own_day: ClassVar[str] = ""
    """The field that says when it took place, of the kinds that have one (ADR 25)."""

    @property
    def took_on(self) -> date | None:
        """The day it took place, where the content says it itself."""
        return getattr(self, self.own_day) if self.own_day else None

    def line(self) -> str:
        """One line, for lists."""
        raise NotImplementedError

    def rows(self) -> list[tuple[str, str]]:
        """(label, text) of every field that is filled, in the order of the model."""
        found = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name in self.hidden or _is_empty(value, field.default):
                continue
            words = self.words.get(name, {})
            found.append((field.title or name, words[value] if value in words else _written(value)))
        return found


def _is_empty(value: Any, default: Any) -> bool:
    """Nothing was said: an empty text, a number still at its default. A zero that was given is said."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(value == default)
    return not value


def _written(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return number_text(value) if isinstance(value, float) else str(value)


def searched(model: type[BaseModel], payload: dict[str, Any]) -> Iterator[str]:
    """The texts of an entry that one may look for: what is shown, coded values in their words."""
    keys: frozenset[str] = getattr(model, "keys", frozenset())
    words: dict[str, dict[str, str]] = getattr(model, "words", {})
    for name, value in payload.items():
        if isinstance(value, str) and name not in keys:
            yield words.get(name, {}).get(value, value)
        elif name not in keys:
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


ENDED = frozenset({"resolved", "stopped", "ended"})


def is_over(content: BaseModel) -> bool:
    """A problem that is resolved, a treatment that is stopped: kept in the record, out of the summary."""
    return getattr(content, "status", "") in ENDED


_readers: dict[type[BaseModel], Callable[[Any], list[tuple[str, str]]]] = {}


def register_reader(model: type[BaseModel], rows: Callable[[Any], list[tuple[str, str]]]) -> None:
    """Declare how a content that is no `Content` is read in full: (label, text), each label once."""
    _readers[model] = rows


def rows_of(content: BaseModel) -> list[tuple[str, str]]:
    """Rows of any content, also of a kind that another room declared without them."""
    if isinstance(content, Content):
        return content.rows()
    if type(content) in _readers:
        return _readers[type(content)](content)
    return [("Contenu", content.line())]  # type: ignore[attr-defined]
