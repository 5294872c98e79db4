"""Personal, surgical and family history."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

SIDES = {"personal": "Personnel", "family": "Familial", "surgical": "Chirurgical"}


class History(Content):
    """A past event of the patient or of their family."""

    side: Literal["personal", "family", "surgical"] = Field(default="personal", title="Type")
    text: str = Field(title="Antécédent", min_length=2, max_length=300)
    when: str = Field(default="", title="Date", max_length=40)

    words = {"side": SIDES}

    def line(self) -> str:
        return f"{SIDES[self.side]}\u00a0: {self.text}" + (f" ({self.when})" if self.when else "")


KIND = Kind("history", History, "Antécédent", "Antécédents", "history", standing=True)
