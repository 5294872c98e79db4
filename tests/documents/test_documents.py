"""Paper says what the law wants, prints what was typed, and is PDF/A."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
from pypdf import PdfReader

from serment.documents import prescription_pdf, receipt_pdf, recovery_sheet, till_pdf
from serment.documents.code128 import symbols, widths
from serment.documents.models import (
    Letterhead,
    PatientBlock,
    PrescriptionDocument,
    PrescriptionLine,
    ReceiptDocument,
    ReceiptLine,
    TillDocument,
)

WHO = Letterhead(
    name="Dr Camille Aubry",
    qualification="Médecine générale",
    rpps="10000000016",
    am_number="351000001",
    practice="Cabinet des Tilleuls",
    address="4 place des Tilleuls",
    postal_code="35000",
    city="Rennes",
    phone="+33 2 99 00 00 00",
    email="cabinet@example.fr",
)
PATIENT = PatientBlock(
    name="LESTRANGE Apolline", sex="féminin", birth_date="17/05/1984", age="42 ans", weight="61,0 kg"
)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def ordonnance(lines, **more):
    return PrescriptionDocument(
        letterhead=WHO,
        patient=PATIENT,
        on=date(2026, 11, 23),
        date_text="23/11/2026",
        number="2026-0001",
        lines=lines,
        **more,
    )


LINE = PrescriptionLine(
    title="Amoxicilline 500 mg, gélule",
    dosage="2 gélules 3 fois par jour, pendant 7 jours",
    renewal="Renouvelable 1 fois",
)


def test_every_mention_of_r5132_3_is_printed():
    text = text_of(prescription_pdf(ordonnance([LINE], free_lines=["Béquilles, une paire"])))
    for mention in (
        "Dr Camille Aubry", "Médecine générale", "10000000016", "351000001", "4 place des Tilleuls", "35000 Rennes, France",
        "+33 2 99 00 00 00", "cabinet@example.fr", "23/11/2026", "LESTRANGE Apolline", "féminin", "17/05/1984", "61,0 kg",
        "Amoxicilline 500 mg", "pendant 7 jours", "Renouvelable 1 fois", "Signature", "Béquilles", "2026-0001",
    ):  # fmt: skip
        assert mention in text, mention


@pytest.mark.parametrize(
    "hostile", ["#panic()", "$x^2$", "*gras* _ital_", "\\ ] [ } {", "@ref <label>", "« œuvre » – l’été"]
)
def test_what_is_typed_prints_as_typed(hostile):
    text = text_of(prescription_pdf(ordonnance([PrescriptionLine(title=hostile)], free_lines=[hostile])))
    assert text.count(hostile) == 2


def test_it_is_pdf_a_and_marks_what_it_is():
    pdf = prescription_pdf(ordonnance([LINE], duplicate=True, demo=True, cancelled=True))
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as meta:
        assert meta.pdfa_status == "2B"
    text = text_of(pdf)
    assert "DUPLICATA" in text and "ANNULÉE" in text and "Démonstration" in text


def test_a_long_ordonnance_repeats_who_it_is_for():
    pages = PdfReader(io.BytesIO(prescription_pdf(ordonnance([LINE] * 25)))).pages
    assert len(pages) > 1
    assert all("LESTRANGE Apolline" in page.extract_text() for page in pages)


def test_receipt_till_and_recovery_sheet():
    receipt = ReceiptDocument(
        letterhead=WHO, patient=PATIENT, on=date(2026, 11, 23), date_text="23/11/2026", number="2026-0007",
        lines=[ReceiptLine(code="G", label="Consultation", amount="30,00 €")], total="30,00 €",
        payments=[("carte bancaire", "30,00 €", "23/11/2026")],
    )  # fmt: skip
    text = text_of(receipt_pdf(receipt))
    assert "261-4-1°" in text and "Acquittée" in text and "pas une feuille de soins" in text
    till = TillDocument(
        practice="Cabinet", on=date(2026, 11, 23), date_text="lundi 23 novembre 2026", totals=[("Carte", "30,00 €")],
        total="30,00 €", rows=[("9 h 00", "2026-0007", "Carte", "30,00 €")],
    )  # fmt: skip
    assert "lundi 23 novembre 2026" in text_of(till_pdf(till))
    assert "AAAAA-BBBBB" in text_of(recovery_sheet(practice_name="Cabinet", code="AAAAA-BBBBB"))


def test_code_128():
    # « 123456 » in set C: start 105, pairs, check (105 + 12 + 2×34 + 3×56) mod 103.
    assert symbols("123456") == [105, 12, 34, 56, (105 + 12 + 68 + 168) % 103]
    assert symbols("12345")[-3:-1] == [100, ord("5") - 32]
    assert sum(widths("123456")) == 11 * 5 + 13
    with pytest.raises(ValueError, match="digits"):
        symbols("12A")
