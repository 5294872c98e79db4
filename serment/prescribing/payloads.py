"""An ordonnance as it is sealed: lines, structured dosage, what was checked and overridden."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

MOST_LINES = 30
FREE_LENGTH = 500
NOTE_LENGTH = 200
REASON_LENGTH = 300
PHARMACY_LENGTH = 120
DAYS_OF = {"day": 1, "week": 7, "month": 30}
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
    "lyophilisat",
    "pulvérisation",
    "gomme",
    "pastille",
)
MOMENTS = {"morning": "le matin", "noon": "le midi", "evening": "le soir", "bedtime": "au coucher"}
NON_SUBSTITUTABLE = {
    "MTE": "marge thérapeutique étroite",
    "EFG": "enfant de moins de 6 ans",
    "CIF": "contre-indication à un excipient à effet notoire",
}


class Dosage(BaseModel):
    """How to take a medicine. One of ``single``, ``every_hours``, ``times_a_week``, ``every_months``, ``moments`` and
    ``times_a_day`` says when, the first of them that is given; ``every_days`` spaces the last two.
    """

    dose: Decimal = Field(default=Decimal(1), gt=0, le=10_000)
    unit: str = "comprimé"
    times_a_day: int = Field(default=1, ge=1, le=24)
    moments: list[str] = Field(default_factory=list)
    every_days: int = Field(default=1, ge=1, le=365)
    every_hours: int = Field(default=0, ge=0, le=168)
    """Hours between two intakes; 0 where something else says when."""
    times_a_week: int = Field(default=0, ge=0, le=6)
    every_months: int = Field(default=0, ge=0, le=12)
    single: bool = False
    """One intake and no other."""
    as_needed: bool = False
    max_a_day: int = Field(default=0, ge=0, le=50)
    duration: int = Field(default=0, ge=0, le=365)
    duration_unit: Literal["day", "week", "month"] = "day"
    note: str = Field(default="", max_length=NOTE_LENGTH)
    per_kg: Decimal = Field(default=Decimal(0), ge=0, le=1000)
    """mg for each kg of weight, at each intake: the dose follows from it where the weight is known."""
    max_dose: Decimal = Field(default=Decimal(0), ge=0, le=10_000)
    """mg at each intake that ``per_kg`` never goes beyond; 0 for no bound."""
    renal_below: int = Field(default=0, ge=0, le=200)
    """Clearance in mL/min under which ``renal_dose`` replaces the dose."""
    renal_dose: Decimal = Field(default=Decimal(0), ge=0, le=10_000)
    usual_dose: Decimal = Field(default=Decimal(0), ge=0, le=10_000)
    """The dose that ``renal_dose`` stands for, in the same unit; 0 where the kidney changed nothing."""

    def fitted(self, *, weight_kg: float | None, clearance: float | None) -> Dosage:
        """The same with its dose worked out from the weight (kg) and the clearance (mL/min), each where it is known."""
        dose, unit = (
            self.usual_dose if self.usual_dose and self.dose == self.renal_dose else self.dose,
            self.unit,
        )
        if self.per_kg and weight_kg:
            dose, unit = _rounded(self.per_kg * Decimal(str(weight_kg))), "mg"
            dose = min(dose, self.max_dose or dose)
        reduced = (
            self.renal_below and self.renal_dose and clearance is not None and clearance < self.renal_below
        )
        change = {"dose": self.renal_dose if reduced else dose, "unit": unit, "usual_dose": Decimal(0)}
        if reduced and dose != self.renal_dose:
            change["usual_dose"] = dose
        return self.model_copy(update=change)

    @property
    def rule(self) -> Dosage:
        """The same of nobody: what the kidney of one patient changed is undone."""
        usual = self.usual_dose if self.usual_dose and self.dose == self.renal_dose else self.dose
        return self.model_copy(update={"dose": usual, "usual_dose": Decimal(0)})

    @property
    def capped(self) -> bool:
        """The dose by weight met its bound."""
        return bool(self.per_kg and self.max_dose) and (self.usual_dose or self.dose) == self.max_dose

    @property
    def wants(self) -> list[str]:
        """What the dose depends on: « poids », « fonction rénale »."""
        return [*(["poids"] if self.per_kg else []), *(["fonction rénale"] if self.renal_below else [])]


def _rounded(dose: Decimal) -> Decimal:
    """mg as they are measured out: whole from a hundred on, three figures below; never rounded up to one."""
    steps = ((100, "1"), (10, "0.1"), (1, "0.01"), (0, "0.001"))
    step = next(step for least, step in steps if dose >= least)
    return max(dose.quantize(Decimal(step)), Decimal("0.001")).normalize()


DELIVERIES = {
    "": "",
    "once": "Délivrance en une seule fois",
    "7": "Délivrance fractionnée par périodes de sept jours",
    "14": "Délivrance fractionnée par périodes de quatorze jours",
    "28": "Délivrance par périodes de vingt-huit jours",
}
"""How a line is handed out (R.5132-30 CSP)."""


class Override(BaseModel):
    """A warning that the prescriber read and passed over, with their reason."""

    kind: str
    text: str
    reason: str = Field(min_length=3, max_length=REASON_LENGTH)


class Line(BaseModel):
    """One line. ``medicine`` is the catalogue's key; empty for a free line, whose text is all there is."""

    medicine: str = ""
    dci_label: str = ""
    brand: str = ""
    substances: list[str] = Field(default_factory=list)
    text: str = Field(default="", max_length=FREE_LENGTH)
    dosage: Dosage | None = None
    renewals: int = Field(default=0, ge=0, le=11)
    non_substitutable: str = ""
    not_reimbursed: bool = False
    ald: bool = False
    """Part of the recognised long-term condition: the upper zone of a bizone ordonnance."""
    secured: bool = False
    """Narcotic or assimilated: secured paper, doses in words (R.5132-5, R.5132-29 CSP)."""
    delivery: str = ""
    """Code of `DELIVERIES`."""
    boxes: int = Field(default=0, ge=0, le=99)
    """Boxes, or pieces of a device; 0 where the duration says enough."""
    code: str = ""
    """Key of an act of biology or of a device (`catalogues.Orderable`); empty for medicines and free lines."""
    source: str = ""
    overrides: list[Override] = Field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return not self.medicine

    @property
    def days(self) -> int:
        """Days of treatment, renewals included; 0 when no duration was given."""
        if self.dosage is None or not self.dosage.duration:
            return 0
        return self.dosage.duration * DAYS_OF[self.dosage.duration_unit] * (1 + self.renewals)


class Touched(BaseModel):
    """A treatment of the record that the ordonnance began (``version`` 1), changed or stopped: its version then."""

    entry: int
    version: int = 1


class Prescription(BaseModel):
    """The whole ordonnance; ``kind`` is a code of `rights.KINDS`, one ordonnance for each kind.

    ``weight_kg`` and ``height_cm`` are printed when given (R.5132-3, 7°).
    """

    lines: list[Line] = Field(min_length=1, max_length=MOST_LINES)
    kind: str = "medicines"
    details: dict[str, str] = Field(default_factory=dict)
    """Fields of the kind (`kinds.Kind.fields`): name → text."""
    weight_kg: float | None = None
    height_cm: float | None = None
    clearance: float | None = None
    """Creatinine clearance in mL/min that the checks were given; never printed."""
    pharmacy: str = Field(default="", max_length=PHARMACY_LENGTH)
    """The one that hands out, named where L.162-4-2 CSS wants it."""
    number: str = ""
    catalogue: str = ""
    cancelled_reason: str = ""
    touched: list[Touched] = Field(default_factory=list)
    """What it did to the running treatments, given back when it is cancelled; empty on older ones."""

    @property
    def bizone(self) -> bool:
        """Some lines are for the recognised long-term condition."""
        return any(item.ald for item in self.lines)

    def courses(self, noted: date, changed: date) -> list[tuple[str, date, date | None]]:
        """(label, first day, last day) of each medicine whose duration is known: the bars beneath a chart."""
        return [
            (item.dci_label, noted, noted + timedelta(days=item.days - 1))
            for item in self.lines
            if not item.is_free and item.days
        ]

    @property
    def labels(self) -> str:
        """« Amlodipine 5 mg, comprimé ; Béquilles »"""
        return " ; ".join(item.text if item.is_free else item.dci_label for item in self.lines)

    def line(self) -> str:
        """One line for the record's timeline."""
        return f"n° {self.number} – {self.labels}"
