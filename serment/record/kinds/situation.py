"""Family and work, as far as care needs them (référentiel 5d and 5e)."""

from __future__ import annotations

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class Situation(Content):
    """Each text short: what changes the care, and no more."""

    family: str = Field(default="", title="Situation familiale", max_length=200)
    work: str = Field(default="", title="Situation professionnelle", max_length=200)
    exposure: str = Field(default="", title="Expositions au travail", max_length=200)

    def line(self) -> str:
        return (
            " ; ".join(text for text in (self.family, self.work, self.exposure) if text) or "sans précision"
        )


KIND = Kind("situation", Situation, "Situation", "Situations", "users", standing=True)
