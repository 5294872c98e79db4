from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from serment.record.kinds import Kind


class Problem(BaseModel):
    """A coded health problem (CIM-10). ``since`` is free: a year, a month, a date."""

    code: str = Field(default="", max_length=10)
    label: str = Field(min_length=2, max_length=200)
    since: str = Field(default="", max_length=40)
    status: Literal["active", "resolved"] = "active"
    note: str = Field(default="", max_length=500)

    def line(self) -> str:
        parts = [
            self.label,
            f"({self.code})" if self.code else "",
            f"depuis {self.since}" if self.since else "",
        ]
        return " ".join(part for part in parts if part) + (" – résolu" if self.status == "resolved" else "")


KIND = Kind("problem", Problem, "Problème", "Problèmes", "activity", standing=True)
