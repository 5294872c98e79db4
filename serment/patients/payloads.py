"""What is sealed of a patient: identity and contact (admin), coverage (billing), INS (care)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

Sex = Literal["M", "F", "U"]


class Contact(BaseModel):
    """How to reach the patient. Phones are E.164."""

    mobile: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    address_more: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "France"
    emergency_name: str = ""
    emergency_phone: str = ""


class Representative(BaseModel):
    """Who acts for the patient in law. ``phone`` is E.164; ``ground`` names the paper that was seen, never copied."""

    name: str = Field(max_length=120)
    capacity: Literal["parent", "child_guardian", "guardian", "curator", "family", "future"]
    phone: str = ""
    ground: str = Field(default="", max_length=200)


class Identity(BaseModel):
    """Category 5a: French identity traits (RNIV), contact and the practice's administrative note."""

    birth_family_name: str
    used_family_name: str = ""
    first_given_name: str
    given_names: str = ""
    used_given_name: str = ""
    sex: Sex = "U"
    birth_date: date
    birth_place_code: str = ""
    birth_place_name: str = ""
    contact: Contact = Field(default_factory=Contact)
    note: str = Field(default="", max_length=500)
    representatives: list[Representative] = Field(default_factory=list)
    source: str = "patient"
    confirmed_on: date | None = None

    @property
    def display_name(self) -> str:
        """« MARTIN Jeanne », or « DUPONT née MARTIN Jeanne » when the used name differs."""
        given = self.used_given_name or self.first_given_name
        if self.used_family_name and self.used_family_name.upper() != self.birth_family_name.upper():
            born = {"F": "née", "M": "né"}.get(self.sex, "né(e)")
            return f"{self.used_family_name.upper()} {born} {self.birth_family_name.upper()} {given}"
        return f"{self.birth_family_name.upper()} {given}"


class Coverage(BaseModel):
    """Category 5c: social-security number (15 digits with its key) and rights. Used for billing only (R5.4)."""

    nir: str = ""
    insured_is_patient: bool = True
    insured_name: str = ""
    scheme: str = ""
    fund: str = ""
    centre: str = ""
    amc_name: str = ""
    amc_number: str = ""
    c2s: bool = False
    ald: bool = False


class InsIdentity(BaseModel):
    """Category 5b: INS, for care only (R5.3). Never sent unless ``status`` is qualified."""

    matricule: str = ""
    oid: str = ""
    status: Literal["provisional", "retrieved", "validated", "qualified"] = "provisional"


class FileHeader(BaseModel):
    """First row of an imported file."""

    columns: list[str]


class BatchCells(BaseModel):
    """Rows of an imported file, each with its line number; cells that look like a NIR are emptied."""

    lines: list[int]
    rows: list[list[str]]


class BatchNumbers(BaseModel):
    """The cells set apart from `BatchCells`: « row:column » → social-security number."""

    cells: dict[str, str]
