"""Results of examinations, as a laboratory sent them, abnormal ones first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.utils import timezone
from pydantic import BaseModel, Field

from serment.formats import labs, ucum
from serment.record import moments
from serment.record.kinds import Kind
from serment.record.kinds.content import Content

FATES = {"corrected": "corrigé ensuite par le laboratoire", "removed": "retiré par le laboratoire"}
SIDES = {"HH": "très haut", "LL": "très bas", "AA": "très anormal", "H": "haut", "L": "bas"}
"""HL7 v2 table 0078: HH and LL are beyond the limits of alert, AA says it of what is not a number."""
SAID = {
    "preliminary": "provisoire",
    "corrected": "correction du laboratoire",
    "entered-in-error": "retiré par le laboratoire",
}


class ResultValue(BaseModel):
    """``abnormal`` as the laboratory's bounds or flag say.

    ``effective``: when it was taken, a day or a moment (FHIR dateTime). ``status``: FHIR's, as the message said.
    ``interpretation``: its flag; HH, LL and AA are critical, whatever the bounds.
    ``fate``: what a later message of the laboratory made of it; the value stays to be read, and counts no more.
    """

    label: str = Field(max_length=160)
    value: str = Field(max_length=300)
    unit: str = Field(default="", max_length=40)
    low: float | None = None
    high: float | None = None
    code: str = Field(default="", max_length=40)
    loinc: str = Field(default="", max_length=20)
    abnormal: bool = False
    interpretation: Literal["", "H", "HH", "L", "LL", "A", "AA"] = ""
    effective: str = Field(default="", max_length=40)
    specimen: str = Field(default="", max_length=20)
    status: Literal["", "preliminary", "corrected", "entered-in-error"] = ""
    fate: Literal["", "corrected", "removed"] = ""

    @property
    def in_force(self) -> bool:
        """Neither replaced nor taken back by the laboratory."""
        return not self.fate and self.status != "entered-in-error"

    @property
    def alarming(self) -> bool:
        return self.abnormal and self.in_force

    @property
    def critical(self) -> bool:
        """Beyond the laboratory's limits of alert, and in force."""
        return self.alarming and self.interpretation in ("HH", "LL", "AA")

    @property
    def mark(self) -> str:
        """What goes before its name: « ⚠ critique : », « ⚠ », or nothing."""
        return "⚠ critique\u00a0: " if self.critical else "⚠ " if self.alarming else ""

    @property
    def day(self) -> date | None:
        return datetime.fromisoformat(self.effective).date() if self.effective else None

    @property
    def has_hour(self) -> bool:
        return "T" in self.effective

    @property
    def said(self) -> str:
        """« corrigé ensuite par le laboratoire », « provisoire »; empty for what is final and stays."""
        return FATES.get(self.fate) or SAID.get(self.status, "")

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
        return " ".join(filter(None, (self.shown, ucum.written(self.unit))))

    @property
    def side(self) -> str:
        """« très haut », « haut », « bas »… or « anormal » where nothing says which way; empty for a usual value."""
        if not self.abnormal:
            return ""
        if len(self.interpretation) == 2:
            return SIDES[self.interpretation]
        if labs.outside(self.value, None, self.high):
            return "haut"
        if labs.outside(self.value, self.low, None):
            return "bas"
        return SIDES.get(self.interpretation, "anormal")


def moment_of_value(value: ResultValue) -> datetime:
    """Of a value that has its hour."""
    moment = datetime.fromisoformat(value.effective)
    return moment if moment.tzinfo else timezone.make_aware(moment)


class Result(Content):
    """One report. ``text`` is its free part; ``original_id``: the document of the record that keeps it as it came."""

    laboratory: str = Field(default="", title="Laboratoire", max_length=160)
    reference: str = Field(default="", title="Référence", max_length=80)
    made_on: date | None = Field(default=None, title="Daté du")
    values: list[ResultValue] = Field(default_factory=list, max_length=600)
    text: str = Field(default="", title="Texte", max_length=60_000)
    original_id: int | None = None

    hidden = frozenset({"values", "original_id"})

    @property
    def sampled_at(self) -> datetime | None:
        """When it was taken, the last of its specimens: a moment, a day alone at its midnight, None where unsaid."""
        times = [moment_of_value(value) for value in self.values if value.has_hour]
        if times:
            return max(times)
        days = [day for value in self.values if (day := value.day)] or [self.made_on]
        day = max((day for day in days if day), default=None)
        return moments.at(day, None) if day else None

    @property
    def sorted_values(self) -> list[ResultValue]:
        """Critical first, then abnormal, what counts no more last, each part in the laboratory's order."""
        return sorted(self.values, key=lambda v: (not v.in_force, not v.critical, not v.abnormal))

    @property
    def alarms(self) -> int:
        """How many values in force are out of their bounds."""
        return sum(value.alarming for value in self.values)

    @property
    def counts(self) -> tuple[int, int]:
        """(values beyond the limits of alert, values out of their bounds, the first ones included)"""
        return sum(value.critical for value in self.values), self.alarms

    @property
    def values_in_force(self) -> list[ResultValue]:
        return [value for value in self.sorted_values if value.in_force]

    def rows(self) -> list[tuple[str, str]]:
        return super().rows() + [
            (
                f"{v.mark}{v.label}",
                f"{v.text}{f' ({v.bounds})' if v.bounds else ''}{f' – {v.said}' if v.said else ''}",
            )
            for v in self.sorted_values
        ]

    def line(self) -> str:
        many = "s" if len(self.values) > 1 else ""
        head = f"{self.laboratory or 'Résultats'}, {len(self.values)} valeur{many}"
        if gone := sum(not v.in_force for v in self.values):
            head += f", dont {gone} corrigée{'s' if gone > 1 else ''} ou retirée{'s' if gone > 1 else ''}"
        worst = [f"{v.label} {v.text} ({v.side})" for v in self.values if v.critical]
        wrong = [f"{v.label} {v.text}" for v in self.values if v.alarming and not v.critical]
        if worst:
            head += f" – critique\u00a0: {', '.join(worst)}"
        if not wrong:
            return head
        more = f" et {len(wrong) - 4} autres" if len(wrong) > 4 else ""
        return f"{head} – hors normes\u00a0: {', '.join(wrong[:4])}{more}"


KIND = Kind("result", Result, "Résultats", "Résultats", "list-search")
