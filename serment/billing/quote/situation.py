"""What the engine is told: who did what to whom, when and where. The documented schema of `serment billing quote`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Place = Literal["office", "home", "remote"]


class Act(BaseModel):
    """A code, with the coefficient of a key letter; ``excess_cents``: what is asked beyond the tariff.

    ``full_rate``: the nomenclature exempts this act from article 11B. ``ald_related``: in relation with the ALD.
    """

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=8)
    coefficient: Decimal = Field(default=Decimal(1), gt=0, le=100)
    quantity: int = Field(default=1, ge=1, le=99)
    excess_cents: int = Field(default=0, ge=0, le=100_000)
    full_rate: bool = False
    ald_related: bool = True


class Patient(BaseModel):
    """Age and rights. ``maternity_month``: from the sixth, everything is at 100 %. ``amc``: has a complementary."""

    model_config = ConfigDict(extra="forbid")

    age: int = Field(ge=0, le=130)
    ald: bool = False
    c2s: bool = False
    ame: bool = False
    at_mp: bool = False
    at_mp_date: dt.date | None = None
    maternity_month: int = Field(default=0, ge=0, le=10)
    alsace_moselle: bool = False
    amc: bool = False
    bsi: bool = False


class Situation(BaseModel):
    """One session. ``parcours``: coordinated (treating doctor, or sent by them), outside, emergency or direct access.

    ``third_party``: who is paid by the funds: none, amo, or full. ``public_holiday``: counts as a Sunday.
    """

    model_config = ConfigDict(extra="forbid")

    profession: str
    specialty: str = ""
    sector: Literal["1", "2", "2-optam", "nc", "ps"] = "1"
    zone: Literal["metropole", "dom"] = "metropole"
    patient: Patient
    date: dt.date
    time: dt.time = dt.time(10)
    place: Place = "office"
    acts: list[Act] = Field(min_length=1, max_length=40)
    prescription: bool = False
    parcours: Literal["coordinated", "outside", "emergency", "direct"] = "coordinated"
    third_party: Literal["none", "amo", "full"] = "none"
    public_holiday: bool = False

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
