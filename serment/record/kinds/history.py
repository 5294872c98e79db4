"""Personal, surgical and family history."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

SIDES = {"personal": "Médical", "family": "Familial", "surgical": "Chirurgical"}


class History(Content):
    """A past event of the patient or of their family. ``relative`` says who in the family.

    ``code``: of the CCAM for an operation, of the CIM-10 for a disease.
    """

    side: Literal["personal", "family", "surgical"] = Field(default="personal", title="Type")
    text: str = Field(title="Antécédent", min_length=2, max_length=300)
    code: str = Field(default="", title="Code (CIM-10 ou CCAM)", max_length=13)
    relative: str = Field(default="", title="Qui, dans la famille", max_length=60)
    when: str = Field(default="", title="Date", max_length=40)

    words = {"side": SIDES}

    @property
    def short(self) -> str:
        """Without its type, for a list that names it."""
        more = ", ".join(part for part in (self.relative, self.code, self.when) if part)
        return self.text + (f" ({more})" if more else "")

    def line(self) -> str:
        return f"{SIDES[self.side]}\u00a0: {self.short}"


KIND = Kind("history", History, "Antécédent", "Antécédents", "history", standing=True)
