"""A note: what belongs to the record and to no other kind (a phone call, a word of the family)."""

from __future__ import annotations

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class Note(Content):
    """A short text with its subject."""

    subject: str = Field(default="", title="Objet", max_length=120)
    text: str = Field(title="Note", min_length=2, max_length=2000)

    def line(self) -> str:
        head = f"{self.subject}\u00a0: " if self.subject else ""
        return head + (self.text if len(self.text) <= 160 else self.text[:160].rsplit(" ", 1)[0] + "…")


KIND = Kind("note", Note, "Note", "Notes", "file-text")
