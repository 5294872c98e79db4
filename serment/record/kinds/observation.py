"""Any observation that is a number: a laboratory's value noted by hand, a computed clearance, a risk."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from serment.formats.text import number_text
from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class Observation(Content):
    """``loinc`` or a ``code`` of the practice names it; ``unit`` in UCUM's spelling where the source gives it.

    ``low`` and ``high`` are the usual bounds of whoever measured; ``method`` says the formula and its source where the
    value was computed, ``reading`` what it means.
    """

    label: str = Field(title="Ce qui est mesuré", min_length=2, max_length=120)
    value: float = Field(title="Valeur", allow_inf_nan=False)
    unit: str = Field(default="", title="Unité", max_length=40)
    low: float | None = Field(default=None, title="Borne basse", allow_inf_nan=False)
    high: float | None = Field(default=None, title="Borne haute", allow_inf_nan=False)
    taken_on: date | None = Field(default=None, title="Mesuré le")
    loinc: str = Field(default="", title="Code LOINC", max_length=20)
    code: str = Field(default="", title="Code local", max_length=40)
    reading: str = Field(default="", title="Lecture", max_length=200)
    method: str = Field(default="", title="Méthode et source", max_length=400)

    own_day = "taken_on"
    hidden = frozenset({"unit"})

    @model_validator(mode="after")
    def ordered(self) -> Observation:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("la borne basse dépasse la borne haute")
        return self

    @property
    def abnormal(self) -> bool:
        """Outside the bounds that came with it."""
        return (self.low is not None and self.value < self.low) or (
            self.high is not None and self.value > self.high
        )

    @property
    def text(self) -> str:
        """``7,4 %``"""
        return f"{number_text(self.value)}\u00a0{self.unit}".rstrip("\u00a0")

    def rows(self) -> list[tuple[str, str]]:
        return [(label, self.text if label == "Valeur" else text) for label, text in super().rows()]

    def line(self) -> str:
        day = f" le {self.taken_on:%d/%m/%Y}" if self.taken_on else ""
        outside = " – hors des bornes" if self.abnormal else ""
        return f"{self.label}\u00a0: {self.text}{day}{outside}" + (
            f", {self.reading}" if self.reading else ""
        )


KIND = Kind("observation", Observation, "Mesure chiffrée", "Mesures chiffrées", "list-search")
