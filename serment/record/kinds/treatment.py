"""A running treatment, written by hand or kept from an ordonnance."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

STATES = {"running": "en cours", "stopped": "arrêté"}


class Treatment(Content):
    """A treatment that goes on. ``medicine`` is a catalogue key where one is known.

    ``since`` and ``until`` (both days included) where they are known.
    """

    medicine: str = Field(default="", max_length=20)
    label: str = Field(title="Traitement", min_length=2, max_length=300)
    dosage: str = Field(default="", title="Posologie", max_length=300)
    since: date | None = Field(default=None, title="Depuis le")
    status: Literal["running", "stopped"] = Field(default="running", title="État")
    until: date | None = Field(default=None, title="Arrêté le")
    reason: str = Field(default="", title="Motif d’arrêt", max_length=200)

    words = {"status": STATES}
    hidden = frozenset({"medicine"})
    keys = frozenset({"medicine"})

    def line(self) -> str:
        return ", ".join(part for part in (self.label, self.dosage) if part) + (
            " – arrêté" if self.status == "stopped" else ""
        )

    def courses(self, noted: date, changed: date) -> list[tuple[str, date, date | None]]:
        """(label, first day, last day or None): the bar beneath a chart. Without dates, those of the entry."""
        end = self.until or changed if self.status == "stopped" else None
        return [(self.label, self.since or noted, end)]


KIND = Kind("treatment", Treatment, "Traitement en cours", "Traitements", "pill", standing=True)
