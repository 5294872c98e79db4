"""A health problem, coded where a code is known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

STATES = {"active": "actif", "resolved": "résolu"}


class Problem(Content):
    """A health problem, coded in CIM-10, in CISP-2 or in both. ``since`` is free: a year, a month, a date.

    ``cisp_label``: what the list that was imported said of the CISP-2 code when it was chosen.
    """

    label: str = Field(title="Problème", min_length=2, max_length=200)
    code: str = Field(default="", title="Code CIM-10", max_length=10)
    cisp: str = Field(default="", title="Code CISP-2", max_length=3)
    cisp_label: str = Field(default="", max_length=300)
    since: str = Field(default="", title="Depuis", max_length=40)
    status: Literal["active", "resolved"] = Field(default="active", title="État")
    note: str = Field(default="", title="Précision", max_length=500)

    words = {"status": STATES}
    hidden = frozenset({"cisp_label"})

    def line(self) -> str:
        codes = ", ".join(filter(None, (self.code, f"CISP-2 {self.cisp}" if self.cisp else "")))
        label = f"{self.label}, {self.note}" if self.note else self.label
        parts = [label, f"({codes})" if codes else "", f"depuis {self.since}" if self.since else ""]
        return " ".join(part for part in parts if part) + (" – résolu" if self.status == "resolved" else "")

    @property
    def checked(self) -> str:
        """As the checks of an ordonnance read it, without the CISP-2 code: there « K25 » means something else."""
        return f"{self.label} ({self.code})" if self.code else self.label

    def rows(self) -> list[tuple[str, str]]:
        named = {"Code CISP-2": f" {self.cisp_label}" if self.cisp_label else ""}
        return [(label, text + named.get(label, "")) for label, text in super().rows()]


KIND = Kind("problem", Problem, "Problème", "Problèmes", "activity", standing=True)
