"""An allergy or an intolerance."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

SEVERITIES = {"": "gravité non précisée", "mild": "bénigne", "moderate": "modérée", "severe": "grave"}
CERTAINTIES = {"confirmed": "confirmée", "suspected": "suspectée"}


class Allergy(Content):
    """An allergy or intolerance, to a substance of the catalogue (``code``) or to a named class."""

    code: str = Field(default="", max_length=60)
    substance: str = Field(title="Substance ou classe", min_length=2, max_length=120)
    reaction: str = Field(default="", title="Réaction", max_length=200)
    severity: Literal["", "mild", "moderate", "severe"] = Field(default="", title="Gravité")
    certainty: Literal["confirmed", "suspected"] = Field(default="confirmed", title="Certitude")

    words = {"severity": SEVERITIES, "certainty": CERTAINTIES}
    hidden = frozenset({"code"})
    keys = frozenset({"code"})

    def line(self) -> str:
        parts = [self.substance, self.reaction, SEVERITIES[self.severity] if self.severity else ""]
        text = ", ".join(part for part in parts if part)
        return text + (" (à confirmer)" if self.certainty == "suspected" else "")


KIND = Kind("allergy", Allergy, "Allergie", "Allergies", "alert-triangle", standing=True)
