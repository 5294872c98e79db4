"""The dated tariffs and rates, read from data (docs/tariffs.md). A code without a sourced row of the day is absent,
and says so.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serment.billing.quote.situation import Profession

FOLDER = Path(__file__).parents[1] / "data"
SOURCED = "sourcé"


class Unpriced(ValueError):
    """No price is known for a code on that day; the message is French. ``place``: position of the act, or -1."""

    def __init__(self, text: str, place: int = -1) -> None:
        super().__init__(text)
        self.place = place


class Row(BaseModel):
    """One price. ``starts`` and ``ends`` are its first and last days; ``zone`` empty for everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    starts: dt.date = Field(alias="from")
    ends: dt.date | None = Field(default=None, alias="to")
    cents: int = Field(ge=0, le=1_000_000)
    zone: Literal["", "metropole", "dom"] = ""
    source: str = Field(min_length=3, max_length=200)
    confidence: Literal["sourcé", "à vérifier"]


class Tariff(BaseModel):
    """A code of one profession. ``kind``: act (whole price), key (letter, times its coefficient), extra, or km.

    The other fields are what it asks of the situation, or allows; docs/tariffs.md says each.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    profession: Profession
    code: str = Field(min_length=1, max_length=8, pattern=r"^[A-Z0-9]+$")
    label: str = Field(min_length=1, max_length=160)
    kind: Literal["act", "key", "extra", "km"]
    rows: tuple[Row, ...] = Field(min_length=1)
    scope: Literal["", "generalist", "specialist", "pediatrician"] = ""
    sectors: tuple[str, ...] = ()
    group: Literal["", "consultation", "session", "bsi"] = ""
    main: Literal["", "office", "home", "remote"] = ""
    place: Literal["", "office", "home", "remote"] = ""
    not_place: Literal["", "office", "home", "remote"] = ""
    when: Literal[
        "", "night", "late_night", "night_any", "sunday", "saturday_afternoon", "night_or_sunday"
    ] = ""
    regulated: bool = False
    parcours: Literal["", "coordinated"] = ""
    child_without_doctor: bool = False
    under_age: int = Field(default=0, ge=0, le=130)
    from_age: int = Field(default=0, ge=0, le=130)
    bsi: bool | None = None
    needs: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    not_with_reason: tuple[str, ...] = ()
    once: bool = False
    per_day: int = Field(default=0, ge=0)
    once_a_day: tuple[Decimal, ...] = ()
    single_under: Decimal | None = None
    coefficients: tuple[Decimal, ...] = ()
    full_rate: bool = False
    free: bool = False
    rate: int = Field(default=0, ge=0, le=100)
    rate_why: str = ""
    terrain: Literal["", "plain", "mountain", "foot"] = ""
    free_km: int = Field(default=0, ge=0)
    half_from: int = Field(default=0, ge=0)
    none_from: int = Field(default=0, ge=0)
    suggest: str = ""
    auto: bool = False

    def on(self, day: dt.date, zone: str) -> Row:
        """The newest row of the day, that of the zone first. Raises Unpriced."""
        fitting = [
            row
            for row in self.rows
            if row.starts <= day and (row.ends is None or day <= row.ends) and row.zone in ("", zone)
        ]
        if not fitting:
            where = {"dom": "outre-mer", "metropole": "en métropole"}[zone]
            raise Unpriced(f"{self.code} : aucun tarif sourcé au {day:%d/%m/%Y} {where}.")
        return max(fitting, key=lambda row: (row.starts, row.zone == zone))


def key_of(tariff: Tariff, row: Row) -> str:
    """What a confirmation is attached to: another price, day or zone asks again. 64 characters at most."""
    return f"{tariff.profession}:{tariff.code}:{row.zone}:{row.starts}:{row.cents}"


def parse(raw: dict[str, Any]) -> list[Tariff]:
    """The tariffs of one file (a profession for all, or one each). Raises pydantic.ValidationError."""
    return TariffFile.model_validate(raw).tariffs


class TariffFile(BaseModel):
    """A tariff file: ``profession`` of the tariffs that do not say theirs, then ``tariff``."""

    model_config = ConfigDict(extra="forbid")

    profession: Profession | None = None
    tariff: list[dict[str, Any]] = Field(min_length=1)

    @property
    def tariffs(self) -> list[Tariff]:
        default = {"profession": self.profession} if self.profession else {}
        return _Tariffs.model_validate({"tariff": [default | one for one in self.tariff]}).tariff


class _Tariffs(BaseModel):
    tariff: list[Tariff]


@cache
def tariffs() -> dict[tuple[str, str], Tariff]:
    """(profession, code) → tariff, as shipped."""
    found: dict[tuple[str, str], Tariff] = {}
    for path in sorted((FOLDER / "tariffs").glob("*.toml")):
        for tariff in parse(tomllib.loads(path.read_text(encoding="utf-8"))):
            found[(tariff.profession, tariff.code)] = tariff
    return found


@cache
def rates() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "rates.toml").read_text(encoding="utf-8"))
