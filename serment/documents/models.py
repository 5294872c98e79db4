"""What each document is made from. All texts are French and final; nothing here is looked up."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class Letterhead(BaseModel):
    """The practitioner and their address, as R.5132-3 CSP (1°) wants them on an ordonnance."""

    name: str
    qualification: str
    rpps: str = ""
    am_number: str = ""
    siret: str = ""
    sector: str = ""
    practice: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""


class PatientBlock(BaseModel):
    """7°: names, sex, birth date, and if needed weight and height."""

    name: str
    sex: str
    birth_date: str
    age: str = ""
    weight: str = ""
    height: str = ""


class PrescriptionLine(BaseModel):
    """2° and 3°: DCI, dosage, duration, renewal; or a free text."""

    title: str
    brand: str = ""
    dosage: str = ""
    renewal: str = ""
    mention: str = ""


class PrescriptionDocument(BaseModel):
    letterhead: Letterhead
    patient: PatientBlock
    on: date
    date_text: str
    number: str
    lines: list[PrescriptionLine]
    free_lines: list[str] = Field(default_factory=list)
    duplicate: bool = False
    cancelled: bool = False
    demo: bool = False


class ReceiptLine(BaseModel):
    code: str
    label: str
    amount: str


class ReceiptDocument(BaseModel):
    letterhead: Letterhead
    patient: PatientBlock
    on: date
    date_text: str
    number: str
    lines: list[ReceiptLine]
    excess: str = ""
    total: str
    payments: list[tuple[str, str, str]]
    balance: str = ""
    demo: bool = False


class TillDocument(BaseModel):
    practice: str
    on: date
    date_text: str
    totals: list[tuple[str, str]]
    total: str
    rows: list[tuple[str, str, str, str]]
    demo: bool = False
