"""Results of examinations, as a laboratory sent them, abnormal ones first."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from serment.formats import labs
from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class ResultValue(BaseModel):
    """``abnormal`` as the laboratory's bounds or flag say."""

    label: str = Field(max_length=160)
    value: str = Field(max_length=300)
    unit: str = Field(default="", max_length=40)
    low: float | None = None
    high: float | None = None
    code: str = Field(default="", max_length=40)
    loinc: str = Field(default="", max_length=20)
    abnormal: bool = False

    @property
    def number(self) -> float | None:
        return labs.number_of(self.value)

    @property
    def bounds(self) -> str:
        """« 0,6 à 1,1 », « < 5 »; empty where the laboratory gave none."""
        return labs.bounds_text(self.low, self.high)

    @property
    def shown(self) -> str:
        """The value with its decimals as they are written here."""
        return labs.shown(self.value)

    @property
    def text(self) -> str:
        return " ".join(filter(None, (self.shown, self.unit)))

    @property
    def side(self) -> str:
        """« haut », « bas », or « anormal » where nothing says which way; empty for a usual value."""
        if not self.abnormal:
            return ""
        number = self.number
        if number is not None and self.high is not None and number > self.high:
            return "haut"
        if number is not None and self.low is not None and number < self.low:
            return "bas"
        return "anormal"


class Result(Content):
    """One report. ``text`` is its free part."""

    laboratory: str = Field(default="", title="Laboratoire", max_length=160)
    reference: str = Field(default="", title="Référence", max_length=80)
    made_on: date | None = Field(default=None, title="Daté du")
    values: list[ResultValue] = Field(default_factory=list, max_length=600)
    text: str = Field(default="", title="Texte", max_length=60_000)

    hidden = frozenset({"values"})

    @property
    def sorted_values(self) -> list[ResultValue]:
        """Abnormal first, each half in the laboratory's order."""
        return sorted(self.values, key=lambda value: not value.abnormal)

    def rows(self) -> list[tuple[str, str]]:
        return super().rows() + [
            (f"{'⚠ ' if v.abnormal else ''}{v.label}", f"{v.text}{f' ({v.bounds})' if v.bounds else ''}")
            for v in self.sorted_values
        ]

    def line(self) -> str:
        wrong = [f"{v.label} {v.text}" for v in self.values if v.abnormal]
        many = "s" if len(self.values) > 1 else ""
        head = f"{self.laboratory or 'Résultats'}, {len(self.values)} valeur{many}"
        if not wrong:
            return head
        more = f" et {len(wrong) - 4} autres" if len(wrong) > 4 else ""
        return f"{head} – hors normes\u00a0: {', '.join(wrong[:4])}{more}"


KIND = Kind("result", Result, "Résultats", "Résultats", "list-search")
