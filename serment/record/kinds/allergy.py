from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from serment.record.kinds import Kind

SEVERITIES = {"": "gravité non précisée", "mild": "bénigne", "moderate": "modérée", "severe": "grave"}


class Allergy(BaseModel):
    """An allergy or intolerance, to a substance of the catalogue (``code``) or to a named class."""

    code: str = Field(default="", max_length=60)
    substance: str = Field(min_length=2, max_length=120)
    reaction: str = Field(default="", max_length=200)
    severity: Literal["", "mild", "moderate", "severe"] = ""
    certainty: Literal["confirmed", "suspected"] = "confirmed"

    def line(self) -> str:
        parts = [self.substance, self.reaction, SEVERITIES[self.severity] if self.severity else ""]
        text = ", ".join(part for part in parts if part)
        return text + (" (à confirmer)" if self.certainty == "suspected" else "")


KIND = Kind("allergy", Allergy, "Allergie", "Allergies", "alert-triangle", standing=True)
