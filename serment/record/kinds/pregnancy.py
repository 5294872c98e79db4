"""A pregnancy and how it is dated. What the follow-up foresees for it is in `record.pregnancy`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from serment.record import gestation
from serment.record.kinds import Kind
from serment.record.kinds.content import Content

STATES = {"ongoing": "en cours", "ended": "terminée"}
OUTCOMES = {
    "": "—",
    "birth": "naissance",
    "caesarean": "naissance par césarienne",
    "loss": "arrêt spontané",
    "termination": "interruption",
    "other": "autre",
}


WAYS = {"here": "fait ici", "elsewhere": "fait ailleurs", "unwanted": "sans objet ou refusé"}


class StepMark(BaseModel):
    """A step of the follow-up that a practitioner marked by hand: its key, when it was done, where."""

    step: str = Field(max_length=40)
    way: Literal["here", "elsewhere", "unwanted"] = "here"
    on: date | None = None

    @property
    def text(self) -> str:
        """« fait ailleurs le 12/10/2026 »"""
        return WAYS[self.way] + (f" le {self.on:%d/%m/%Y}" if self.on else "")


class Pregnancy(Content):
    """``lmp``: first day of the last menses. ``began_on``: its beginning as an ultrasound dates it, which prevails.

    ``gravidity`` and ``parity`` count the pregnancies, this one included, and the births before it.
    """

    lmp: date | None = Field(default=None, title="Dernières règles")
    began_on: date | None = Field(default=None, title="Début de grossesse (échographie)")
    fetuses: int = Field(default=1, ge=1, le=6, title="Nombre de fœtus")
    gravidity: int = Field(default=0, ge=0, le=30, title="Gestité")
    parity: int = Field(default=0, ge=0, le=30, title="Parité")
    note: str = Field(default="", title="Précision", max_length=500)
    status: Literal["ongoing", "ended"] = Field(default="ongoing", title="État")
    ended_on: date | None = Field(default=None, title="Terminée le")
    outcome: Literal["", "birth", "caesarean", "loss", "termination", "other"] = Field(
        default="", title="Issue"
    )

    marks: list[StepMark] = Field(default_factory=list, max_length=60)

    words = {"status": STATES, "outcome": OUTCOMES}
    hidden = frozenset({"marks"})
    keys = frozenset({"marks"})

    def rows(self) -> list[tuple[str, str]]:
        marked = [f"{gestation.step_label(mark.step) or mark.step}, {mark.text}" for mark in self.marks]
        return super().rows() + ([("Suivi marqué", " ; ".join(marked))] if marked else [])

    @model_validator(mode="after")
    def dated(self) -> Pregnancy:
        if self.lmp is None and self.began_on is None:
            raise ValueError("une grossesse se date")
        return self

    @property
    def origin(self) -> date:
        """Day zero of the weeks of amenorrhoea."""
        return gestation.origin(self.lmp, self.began_on)

    @property
    def due_on(self) -> date:
        return gestation.due_on(self.origin)

    def line(self) -> str:
        if self.status == "ended":
            day = f" le {self.ended_on:%d/%m/%Y}" if self.ended_on else ""
            return f"Grossesse terminée{day}" + (f", {OUTCOMES[self.outcome]}" if self.outcome else "")
        count = f", {self.fetuses} fœtus" if self.fetuses > 1 else ""
        return f"Grossesse en cours, terme prévu le {self.due_on:%d/%m/%Y}{count}"


KIND = Kind("pregnancy", Pregnancy, "Grossesse", "Grossesses", "activity", standing=True)
