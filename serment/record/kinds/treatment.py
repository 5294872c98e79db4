from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from serment.record.kinds import Kind


class Treatment(BaseModel):
    """A treatment that goes on. ``medicine`` is a catalogue key where one is known."""

    medicine: str = Field(default="", max_length=20)
    label: str = Field(min_length=2, max_length=300)
    dosage: str = Field(default="", max_length=300)
    status: Literal["running", "stopped"] = "running"
    reason: str = Field(default="", max_length=200)

    def line(self) -> str:
        return ", ".join(part for part in (self.label, self.dosage) if part) + (
            " – arrêté" if self.status == "stopped" else ""
        )


KIND = Kind("treatment", Treatment, "Traitement en cours", "Traitements", "pill", standing=True)
