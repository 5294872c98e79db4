"""An ordonnance as it is sealed: lines, structured dosage, what was checked and overridden."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

DURATION_UNITS = {"day": "jour", "week": "semaine", "month": "mois"}
DOSE_UNITS = (
    "comprimé",
    "gélule",
    "sachet",
    "dose",
    "goutte",
    "cuillère-mesure",
    "mL",
    "mg",
    "bouffée",
    "application",
    "injection",
    "suppositoire",
    "ovule",
    "patch",
    "ampoule",
    "unité",
)
MOMENTS = {"morning": "le matin", "noon": "le midi", "evening": "le soir", "bedtime": "au coucher"}
NON_SUBSTITUTABLE = {
    "MTE": "marge thérapeutique étroite",
    "EFG": "enfant de moins de 6 ans",
    "CIF": "contre-indication à un excipient à effet notoire",
}


class Dosage(BaseModel):
    """How to take a medicine. Either ``moments`` or ``times_a_day`` says when."""

    dose: Decimal = Field(default=Decimal(1), gt=0, le=10_000)
    unit: str = "comprimé"
    times_a_day: int = Field(default=1, ge=1, le=24)
    moments: list[str] = Field(default_factory=list)
    every_days: int = Field(default=1, ge=1, le=365)
    as_needed: bool = False
    max_a_day: int = Field(default=0, ge=0, le=50)
    duration: int = Field(default=0, ge=0, le=365)
    duration_unit: Literal["day", "week", "month"] = "day"
    note: str = Field(default="", max_length=200)


class Override(BaseModel):
    """A warning that the prescriber read and passed over, with their reason."""

    kind: str
    text: str
    reason: str = Field(min_length=3, max_length=300)


class Line(BaseModel):
    """One line. ``medicine`` is the catalogue's key; empty for a free line, whose text is all there is."""

    medicine: str = ""
    dci_label: str = ""
    brand: str = ""
    substances: list[str] = Field(default_factory=list)
    text: str = Field(default="", max_length=500)
    dosage: Dosage | None = None
    renewals: int = Field(default=0, ge=0, le=11)
    non_substitutable: str = ""
    not_reimbursed: bool = False
    source: str = ""
    overrides: list[Override] = Field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return not self.medicine


class Prescription(BaseModel):
    """The whole ordonnance. ``weight_kg`` and ``height_cm`` are printed when given (R.5132-3, 7°)."""

    lines: list[Line] = Field(min_length=1, max_length=30)
    weight_kg: float | None = None
    height_cm: float | None = None
    number: str = ""
    catalogue: str = ""
    cancelled_reason: str = ""

    def line(self) -> str:
        """One line for the record's timeline."""
        labels = [item.text if item.is_free else item.dci_label for item in self.lines]
        return f"n° {self.number} – " + " ; ".join(labels)
