"""The fields that a consultation template asks for, and their answers as they are signed.

Types are those of HL7 v2 (table 0125): they are no French word, so the search within a record never meets them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from serment.formats import ucum
from serment.formats.text import NBSP, number_text

TYPES = {
    "ST": "texte court",
    "TX": "texte long",
    "ID": "oui ou non",
    "CE": "choix dans une liste",
    "NM": "nombre",
    "DT": "date",
}
Type = Literal["ST", "TX", "ID", "CE", "NM", "DT"]
PARTS = {"history": "Histoire", "examination": "Examen", "conclusion": "Conclusion"}
Part = Literal["history", "examination", "conclusion"]
YES_NO = ("oui", "non")
SHORT, LONG = 200, 2000
LABEL, HELP, CHOICE = 80, 120, 60
MOST_CHOICES, MOST_FIELDS = 15, 24


class _Described(BaseModel):
    """``unit`` (UCUM), ``low`` and ``high`` are a number's; a bound is accepted itself."""

    label: str = Field(min_length=1, max_length=LABEL)
    type: Type = "ST"
    unit: str = Field(default="", max_length=20)
    low: float | None = None
    high: float | None = None

    @property
    def unit_text(self) -> str:
        return ucum.shown(self.unit)

    @model_validator(mode="after")
    def ordered(self) -> _Described:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        return self


class AskedField(_Described):
    """A field of a template. ``choices``: those of a list, in their order."""

    part: Part = "history"
    help: str = Field(default="", max_length=HELP)
    choices: list[str] = Field(default_factory=list, max_length=MOST_CHOICES)

    @model_validator(mode="after")
    def chosen_among(self) -> AskedField:
        if self.type == "CE" and len(set(self.choices)) < 2:
            raise ValueError("a list has two choices at least")
        if any(not 0 < len(choice) <= CHOICE for choice in self.choices):
            raise ValueError("a choice is short")
        return self

    def answer(self, value: str, number: float | None = None) -> Answer:
        """What is signed: the field as it is today, with its value in words (a number's: the figure, ``number``)."""
        if number is not None:
            value = number_text(number) + (f"{NBSP}{self.unit_text}" if self.unit else "")
        return Answer(
            label=self.label,
            type=self.type,
            unit=self.unit,
            low=self.low,
            high=self.high,
            choices={choice: rank for rank, choice in enumerate(self.choices, 1)},
            value=value,
            number=number,
        )


class Answer(_Described):
    """A field as it was asked and what was answered; it reads without its template, which may change or go.

    ``value``: as it reads, unit included. ``choices``: choice → its rank; as keys, so that what was not chosen is not
    found by the search within the record.
    """

    choices: dict[str, int] = Field(default_factory=dict, max_length=MOST_CHOICES)
    value: str = Field(min_length=1, max_length=LONG)
    number: float | None = None

    def field(self, part: Part) -> AskedField:
        """The field that asks for it again, to correct it."""
        return AskedField(
            part=part,
            label=self.label,
            type=self.type,
            unit=self.unit,
            low=self.low,
            high=self.high,
            choices=list(self.choices),
        )
