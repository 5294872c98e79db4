from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from serment.record.kinds import Kind

SIDES = {"personal": "Personnel", "family": "Familial", "surgical": "Chirurgical"}


class History(BaseModel):
    """A past event of the patient or of their family."""

    side: Literal["personal", "family", "surgical"] = "personal"
    text: str = Field(min_length=2, max_length=300)
    when: str = Field(default="", max_length=40)

    def line(self) -> str:
        return f"{SIDES[self.side]} : {self.text}" + (f" ({self.when})" if self.when else "")


KIND = Kind("history", History, "Antécédent", "Antécédents", "history", standing=True)
