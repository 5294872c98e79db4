"""What the engine is told: who did what to whom, when and where. The documented schema of `serment billing quote`
(docs/quote.md).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Place = Literal["office", "home", "remote"]
Profession = Literal[
    "medecin",
    "chirurgien_dentiste",
    "sage_femme",
    "infirmier",
    "kinesitherapeute",
    "orthophoniste",
    "orthoptiste",
    "pedicure_podologue",
    "ergotherapeute",
    "psychomotricien",
    "dieteticien",
]
Modifier = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]$")]
CCAM_CODE = re.compile(r"[A-Z]{4}[0-9]{3}")


class Act(BaseModel):
    """A code, with the coefficient of a key letter; ``excess_cents``: what is asked beyond the tariff, and
    ``excess_reason`` DE (exceptional demand) or DA (outside the care path).

    ``full_rate``: the nomenclature exempts this act from the cumul rule. ``ald_related``: in relation with the ALD.
    ``km``: kilometres there and back, for a travel allowance (the rebate is taken off here; ``quantity`` is used as it
    is where ``km`` is absent). CCAM acts: ``activity``, ``phase``, ``modifiers`` (four at most), ``association``.
    """

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=8)
    coefficient: Decimal = Field(default=Decimal(1), gt=0, le=100, decimal_places=3)
    quantity: int = Field(default=1, ge=1, le=999)
    excess_cents: int = Field(default=0, ge=0, le=100_000)
    excess_reason: Literal["", "DE", "DA"] = ""
    full_rate: bool = False
    ald_related: bool = True
    km: int | None = Field(default=None, ge=0, le=2000)
    activity: str = Field(default="1", pattern=r"^[1-5]$")
    phase: str = Field(default="0", pattern=r"^[0-9]$")
    modifiers: list[Modifier] = Field(default_factory=list, max_length=4)
    association: Literal["", "1", "2", "3", "4", "5"] = ""

    @property
    def is_ccam(self) -> bool:
        return CCAM_CODE.fullmatch(self.code) is not None


class Patient(BaseModel):
    """Age in years and rights. ``maternity_month``: from the sixth, everything is at 100 %. ``bsi``: followed under a
    nursing assessment. ``amc``: has a complementary, which pays ``amc_percent`` of what the compulsory scheme leaves.
    """

    model_config = ConfigDict(extra="forbid")

    age: int = Field(ge=0, le=130)
    sex: Literal["", "F", "M"] = ""
    ald: bool = False
    c2s: bool = False
    ame: bool = False
    at_mp: bool = False
    at_mp_date: dt.date | None = None
    maternity_month: int = Field(default=0, ge=0, le=10)
    alsace_moselle: bool = False
    amc: bool = False
    amc_percent: int = Field(default=100, ge=0, le=100)
    bsi: bool = False


class Situation(BaseModel):
    """One session. ``parcours``: coordinated (treating doctor, or sent by them), outside, emergency or direct access.

    ``third_party``: who is paid by the funds: none, amo, or full; rights may dispense of more than what is asked.
    ``public_holiday`` counts as a Sunday. ``regulated``: the patient was sent by the regulation of out-of-hours care.
    ``earlier``: what the same practitioner already did to the same patient that day. ``km_today``: kilometres already
    counted that day, all patients. ``substitute``: the acts are a substitute's, at the prices of whom they replace.
    """

    model_config = ConfigDict(extra="forbid")

    profession: Profession
    specialty: str = Field(default="", max_length=60)
    sector: Literal["1", "2", "2-optam", "nc", "ps"] = "1"
    zone: Literal["metropole", "dom"] = "metropole"
    patient: Patient
    date: dt.date
    time: dt.time = dt.time(10)
    place: Place = "office"
    acts: list[Act] = Field(min_length=1, max_length=40)
    earlier: list[Act] = Field(default_factory=list, max_length=40)
    km_today: int = Field(default=0, ge=0, le=5000)
    prescription: bool = False
    parcours: Literal["coordinated", "outside", "emergency", "direct"] = "coordinated"
    third_party: Literal["none", "amo", "full"] = "none"
    public_holiday: bool = False
    regulated: bool = False
    substitute: bool = False

    @property
    def moment(self) -> str:
        """day, night, late_night; Sundays and holidays are asked apart."""
        hour = self.time.hour
        if self.profession == "infirmier":
            if hour >= 23 or hour < 5:
                return "late_night"
            return "night" if hour >= 20 or hour < 8 else "day"
        if hour < 6:
            return "late_night"
        return "night" if hour >= 20 or hour < 8 else "day"

    @property
    def sunday(self) -> bool:
        return self.public_holiday or self.date.isoweekday() == 7

    def holds(self, when: str) -> bool:
        """Whether the hour or the day opens ``when`` (a condition of the tariff file)."""
        night = self.moment != "day"
        return {
            "": True,
            "night": self.moment == "night",
            "late_night": self.moment == "late_night",
            "night_any": night,
            "sunday": self.sunday,
            "saturday_afternoon": self.date.isoweekday() == 6 and self.time.hour >= 12,
            "night_or_sunday": night or self.sunday,
        }[when]

    @property
    def scope(self) -> str:
        """generalist, pediatrician, specialist, or empty where the specialty is not told or is not a doctor's."""
        if self.profession != "medecin" or not self.specialty:
            return ""
        return {"Médecine générale": "generalist", "Pédiatrie": "pediatrician"}.get(
            self.specialty, "specialist"
        )
