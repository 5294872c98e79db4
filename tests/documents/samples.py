"""Fictitious documents, and readers of what was printed."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from pypdf import PdfReader

from serment.documents.models import (
    FileDocument,
    LetterDocument,
    Letterhead,
    PatientBlock,
    PrescriptionDocument,
    PrescriptionLine,
    ReceiptDocument,
    ReceiptLine,
    ReportColumn,
    TableReport,
    TillDocument,
)

DAY = date(2026, 11, 23)
WHO = Letterhead(
    name="Docteur Camille Aubry",
    qualification="Médecine générale",
    rpps="10000000016",
    am_number="351000001",
    siret="12345678200010",
    sector="Secteur 1",
    practice="Cabinet des Tilleuls",
    address="4 place des Tilleuls",
    postal_code="35000",
    city="Rennes",
    phone="+33 2 99 00 00 00",
    email="cabinet@example.fr",
)
PATIENT = PatientBlock(
    name="LESTRANGE Apolline",
    sex="féminin",
    birth_date="17/05/1984",
    age="42 ans",
    weight="61,0 kg",
    height="168 cm",
)
LINE = PrescriptionLine(
    title="Amoxicilline 500 mg, gélule",
    brand="Clamoxyl",
    dosage="2 gélules 3 fois par jour, pendant 7 jours",
    quantity="3 boîtes",
    renewal="Renouvelable 1 fois",
    mention="Non substituable (EFG : enfant de moins de 6 ans)",
)


def ordonnance(lines: list[PrescriptionLine] | None = None, **more: Any) -> PrescriptionDocument:
    given: dict[str, Any] = {"letterhead": WHO, "patient": PATIENT, "number": "2026-K7M3QPA"}
    given |= {"on": DAY, "date_text": "23/11/2026", "lines": [LINE] if lines is None else lines}
    return PrescriptionDocument(**given | more)


def receipt(**more: Any) -> ReceiptDocument:
    given: dict[str, Any] = {"letterhead": WHO, "patient": PATIENT, "number": "2026-0007"}
    given |= {"on": DAY, "date_text": "23/11/2026", "excess": "5,00 €", "total": "35,00 €"}
    given["lines"] = [
        ReceiptLine(code="G", label="Consultation", amount="30,00 €"),
        ReceiptLine(code="MEG", label="Majoration pour un enfant", amount="5,00 €"),
    ]
    given["payments"] = [("Carte bancaire", "25,00 €", "23/11/2026"), ("Espèces", "10,00 €", "24/11/2026")]
    return ReceiptDocument(**given | more)


def till(**more: Any) -> TillDocument:
    given: dict[str, Any] = {"practice": "Cabinet des Tilleuls", "on": DAY, "total": "90,00 €"}
    given |= {"date_text": "lundi 23 novembre 2026", "totals": [("Carte", "60,00 €"), ("Espèces", "30,00 €")]}
    given["rows"] = [
        ("9 h 00", "2026-0007", "Carte", "60,00 €"),
        ("9 h 30", "2026-0008", "Espèces", "30,00 €"),
    ]
    return TillDocument(**given | more)


def report(**more: Any) -> TableReport:
    given: dict[str, Any] = {"title": "Import de patients", "subtitle": "Lignes refusées", "on": DAY}
    given |= {"practice": "Cabinet des Tilleuls", "date_text": "23/11/2026 à 14 h 30"}
    given["columns"] = [
        ReportColumn(label="Ligne", align="right", share=0),
        ReportColumn(label="Raison", share=3),
    ]
    given["rows"] = [["12", "La date de naissance est dans le futur."]]
    return TableReport(**given | more)


def file(rows: int) -> FileDocument:
    """A part with labels, as long as asked, and one of sentences."""
    return FileDocument(
        title="Copie",
        practice="Cabinet des Tilleuls",
        on=DAY,
        date_text="23/11/2026",
        parts=[
            ("Dossier", [(f"Ligne {number}", "Ce qui y est noté. " * 6) for number in range(1, rows + 1)]),
            ("Durées", [("", "Une phrase sans étiquette")] * rows),
        ],
    )


def letter() -> LetterDocument:
    return LetterDocument(
        letterhead=WHO,
        title="Demande d’avis",
        recipient="Docteur Fictif",
        about="LESTRANGE Apolline, née le 17/05/1984",
        paragraphs=["Merci de votre avis. " * 20] * 12,
        on=DAY,
        date_text="23 novembre 2026",
        place="Rennes",
    )


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return "\n".join(pages_of(pdf))
