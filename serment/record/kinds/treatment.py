"""A running treatment, written by hand or kept from an ordonnance."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

STATES = {"running": "en cours", "stopped": "arrêté"}


class Treatment(Content):
    """A treatment that goes on. ``medicine`` is a catalogue key where one is known."""

    medicine: str = Field(default="", max_length=20)
    label: str = Field(title="Traitement", min_length=2, max_length=300)
    dosage: str = Field(default="", title="Posologie", max_length=300)
    status: Literal["running", "stopped"] = Field(default="running", title="État")
    reason: str = Field(default="", title="Motif d’arrêt", max_length=200)

    words = {"status": STATES}
    hidden = frozenset({"medicine"})

    def line(self) -> str:
        return ", ".join(part for part in (self.label, self.dosage) if part) + (
            " – arrêté" if self.status == "stopped" else ""
        )


KIND = Kind("treatment", Treatment, "Traitement en cours", "Traitements", "pill", standing=True)
