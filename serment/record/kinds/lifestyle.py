"""Habits of life: noted with the patient's agreement, which comes first (référentiel 5g; R5.11)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

TOBACCO = {"": "—", "never": "jamais", "former": "ancien fumeur", "current": "fumeur"}


class Lifestyle(Content):
    """``agreed``: the patient accepted that this be written down, on ``agreed_on``; nothing is kept without it."""

    agreed: Literal[True] = Field(title="Le patient accepte que cela soit noté")
    agreed_on: date | None = Field(default=None, title="Accord donné le")
    tobacco: Literal["", "never", "former", "current"] = Field(default="", title="Tabac")
    pack_years: int = Field(default=0, ge=0, le=300, title="Paquets-années")
    alcohol: str = Field(default="", title="Alcool", max_length=120)
    activity: str = Field(default="", title="Activité physique", max_length=120)
    diet: str = Field(default="", title="Alimentation", max_length=200)
    other: str = Field(default="", title="Autre", max_length=200)

    words = {"tobacco": TOBACCO}
    hidden = frozenset({"agreed", "agreed_on"})

    def rows(self) -> list[tuple[str, str]]:
        day = f", le {self.agreed_on:%d/%m/%Y}" if self.agreed_on else ""
        return [*super().rows(), ("Accord du patient", f"oui{day}")]

    def line(self) -> str:
        found = [f"{label.lower()} : {text}" for label, text in super().rows()]
        return " ; ".join(found) or "sans précision"


KIND = Kind("lifestyle", Lifestyle, "Habitudes de vie", "Habitudes de vie", "info-circle", standing=True)
