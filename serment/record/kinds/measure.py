"""Measures taken together, in the units of `formats.units`."""

from __future__ import annotations

from pydantic import Field, field_validator

from serment.formats.units import MEASURES, bmi
from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class MeasureSet(Content):
    """Measures taken together: code of `formats.units.MEASURES` → value in its unit."""

    values: dict[str, float] = Field(min_length=1)

    @field_validator("values")
    @classmethod
    def known(cls, values: dict[str, float]) -> dict[str, float]:
        """Only known codes, within their hard bounds; BMI follows from weight and height."""
        for code, value in values.items():
            kind = MEASURES.get(code)
            if kind is None:
                raise ValueError(f"mesure inconnue\u00a0: {code}")
            if not kind.hard[0] <= value <= kind.hard[1]:
                raise ValueError(f"{kind.label}\u00a0: valeur impossible")
        if {"weight", "height"} <= set(values):
            values = {**values, "bmi": bmi(values["weight"], values["height"])}
        return values

    def rows(self) -> list[tuple[str, str]]:
        """(label, value with unit), the two pressures as one."""
        found = []
        for code, kind in MEASURES.items():
            if code not in self.values or (code == "diastolic" and "systolic" in self.values):
                continue
            if code == "systolic" and "diastolic" in self.values:
                low, high = self.values["diastolic"], self.values["systolic"]
                found.append(("Tension", f"{high:.0f}/{low:.0f}\u00a0mmHg"))
            else:
                found.append((kind.label, kind.text(self.values[code])))
        return found

    def line(self) -> str:
        return " · ".join(f"{label} {text}" for label, text in self.rows())


KIND = Kind("measure", MeasureSet, "Mesures", "Mesures", "ruler")
