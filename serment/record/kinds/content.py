"""What every kind's content is: bounded fields, a line for lists, and rows for reading and comparing."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

GUIDANCE = "Ce qui sert aux soins. Ni jugement, ni numéro de sécurité sociale, ni vie privée sans utilité."
"""Said beside fields of free text (E-DEV-2)."""


class Content(BaseModel):
    """Base of the kinds. A field's ``title`` is its French label; ``words`` gives the French of coded values.

    ``hidden`` names the fields nobody reads on screen (keys of a catalogue).
    """

    words: ClassVar[dict[str, dict[str, str]]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()

    def line(self) -> str:
        """One line, for lists."""
        raise NotImplementedError

    def rows(self) -> list[tuple[str, str]]:
        """(label, text) of every field that is filled, in the order of the model."""
        found = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name in self.hidden or not value:
                continue
            text = self.words.get(name, {}).get(value, str(value))
            found.append((field.title or name, text))
        return found


ENDED = frozenset({"resolved", "stopped"})


def is_over(content: BaseModel) -> bool:
    """A problem that is resolved, a treatment that is stopped: kept in the record, out of the summary."""
    return getattr(content, "status", "") in ENDED


def rows_of(content: BaseModel) -> list[tuple[str, str]]:
    """Rows of any content, also of a kind that another room declared without them."""
    if isinstance(content, Content):
        return content.rows()
    return [("Contenu", content.line())]  # type: ignore[attr-defined]
