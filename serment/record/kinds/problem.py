"""A health problem, coded where a code is known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

STATES = {"active": "actif", "resolved": "résolu"}


class Problem(Content):
    """A coded health problem (CIM-10). ``since`` is free: a year, a month, a date."""

    label: str = Field(title="Problème", min_length=2, max_length=200)
    code: str = Field(default="", title="Code CIM-10", max_length=10)
    cisp: str = Field(default="", title="Code CISP-2", max_length=3)
    since: str = Field(default="", title="Depuis", max_length=40)
    status: Literal["active", "resolved"] = Field(default="active", title="État")
    note: str = Field(default="", title="Précision", max_length=500)

    words = {"status": STATES}

    def line(self) -> str:
        parts = [
            self.label,
            f"({', '.join(filter(None, (self.code, self.cisp)))})" if self.code or self.cisp else "",
            f"depuis {self.since}" if self.since else "",
        ]
        return " ".join(part for part in parts if part) + (" – résolu" if self.status == "resolved" else "")


KIND = Kind("problem", Problem, "Problème", "Problèmes", "activity", standing=True)
