"""What each document is made from. All texts are French and final; nothing here is looked up or computed.

Amounts, dates and dosages arrive as they are to be printed (« 30,00 € », « 23/11/2026 »). An empty text prints nothing.
``on`` is only the date written in the file's metadata.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, model_validator


class Letterhead(BaseModel):
    """The practitioner and their address, as R.5132-3 CSP (1°) wants them on an ordonnance.

    ``name`` carries the title (« Docteur Camille Aubry »), ``qualification`` the profession or specialty, ``phone`` the
    international form (« +33 2 99 00 00 00 »). The country is printed by the template.
    """

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
    """2°, 3° and 6°: DCI with strength and form, brand, dosage, quantity, renewal, mentions (NS with reason, NR)."""

    title: str
    brand: str = ""
    dosage: str = ""
    quantity: str = ""
    renewal: str = ""
    mention: str = ""


class PrescriptionDocument(BaseModel):
    """``number`` is the reference that links to the care sheet (R.161-45 CSS). ``renewal`` holds for all lines.

    ``title`` names the kind where it is not medicines; ``heading`` replaces the whole heading. ``facts``: (label,
    value) above the lines, ``mentions`` beneath them, ``counted`` « 2 examens prescrits ». ``ald_lines`` make it a
    bizone: they are printed first, in the zone of the recognised long-term condition. ``notice`` is a boxed warning (a
    secured prescription printed on plain paper, for one). ``draft`` is a preview: it says so across the page and has no
    place to sign. ``unsigned`` is what stands in that place on a sheet that is worth nothing by itself.
    """

    letterhead: Letterhead
    patient: PatientBlock
    on: date
    date_text: str
    number: str
    lines: list[PrescriptionLine]
    ald_lines: list[PrescriptionLine] = Field(default_factory=list)
    title: str = ""
    heading: str = ""
    facts: list[tuple[str, str]] = Field(default_factory=list)
    mentions: list[str] = Field(default_factory=list)
    counted: str | None = None
    free_lines: list[str] = Field(default_factory=list)
    renewal: str = ""
    notice: str = ""
    unsigned: str = ""
    draft: bool = False
    duplicate: bool = False
    cancelled: bool = False
    demo: bool = False


class ReceiptLine(BaseModel):
    code: str
    label: str
    amount: str


class ReceiptDocument(BaseModel):
    """``payments``: (mode, amount, date). An empty ``balance`` means that nothing is left to pay."""

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
    """``totals``: (mode, amount). ``rows``: (time, receipt number, mode, amount); no act and no name, by design."""

    practice: str
    on: date
    date_text: str
    totals: list[tuple[str, str]]
    total: str
    rows: list[tuple[str, str, str, str]]
    demo: bool = False


class ReportColumn(BaseModel):
    """``share`` is the column's part of the width; 0 lets it be as wide as its longest cell."""

    label: str
    align: Literal["left", "right", "center"] = "left"
    share: int = Field(default=1, ge=0, le=20)


class TableReport(BaseModel):
    """Any list on paper: an import's report, an extract of the journal. ``facts``: (label, value) above the table."""

    title: str
    subtitle: str = ""
    practice: str = ""
    on: date
    date_text: str
    columns: list[ReportColumn] = Field(min_length=1, max_length=12)
    rows: list[list[str]]
    facts: list[tuple[str, str]] = Field(default_factory=list)
    empty_text: str = "Aucune ligne."
    landscape: bool = False
    demo: bool = False

    @model_validator(mode="after")
    def _rows_fit(self) -> TableReport:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row has as many cells as there are columns")
        return self


class NoticeDocument(BaseModel):
    """The information notice: ``sections`` are (heading, sentences). ``poster``: large type for a wall."""

    title: str
    intro: str
    sections: list[tuple[str, list[str]]]
    practice: str
    on: date
    date_text: str
    poster: bool = False
    demo: bool = False


class LetterDocument(BaseModel):
    """A letter or a certificate. ``about`` names the patient; ``recipient`` may be empty."""

    letterhead: Letterhead
    title: str
    recipient: str = ""
    about: str
    paragraphs: list[str]
    on: date
    date_text: str
    place: str = ""
    cancelled: bool = False
    demo: bool = False


class FileDocument(BaseModel):
    """A whole file on paper: ``parts`` are (heading, [(label, text)]). ``facts``: (label, value) at the top."""

    title: str
    subtitle: str = ""
    practice: str
    on: date
    date_text: str
    facts: list[tuple[str, str]] = Field(default_factory=list)
    parts: list[tuple[str, list[tuple[str, str]]]]
    demo: bool = False


class Placed(BaseModel):
    """One text on a form, from the top left corner of the sheet, in millimetres; ``size`` in points."""

    x: float = Field(ge=-30, le=240)
    y: float = Field(ge=-30, le=330)
    text: str
    size: float = 9.5
    strong: bool = False


class OverlayDocument(BaseModel):
    """What is printed onto paper forms, a page each. ``calibration``: a grid with each place's name, ``note`` below."""

    title: str
    on: date
    pages: list[list[Placed]] = Field(min_length=1)
    calibration: bool = False
    note: str = ""
    demo: bool = False
