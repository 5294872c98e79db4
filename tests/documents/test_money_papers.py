"""Receipt, till, report and recovery sheet."""

from __future__ import annotations

import io

import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from serment.documents import receipt_pdf, recovery_sheet, report_pdf, till_pdf
from tests.documents.samples import DAY, pages_of, receipt, report, text_of, till


def test_a_receipt_says_who_was_paid_what_for_what():
    text = text_of(receipt_pdf(receipt()))
    for mention in (
        "Note d’honoraires", "2026-0007", "10000000016", "351000001", "12345678200010", "Secteur 1",
        "LESTRANGE Apolline", "17/05/1984", "23/11/2026", "MEG", "Majoration pour un enfant", "30,00 €",
        "dont dépassement d’honoraires", "35,00 €", "Carte bancaire", "25,00 €", "Espèces", "10,00 €",
        "Acquittée le 24/11/2026", "article 261-4-1° du code général des impôts",
        "n’est pas une feuille de soins", "ne permet pas le remboursement",
    ):  # fmt: skip
        assert mention in text, mention
    assert "Reste à régler" not in text


def test_a_receipt_is_not_settled_while_something_is_left():
    text = text_of(receipt_pdf(receipt(balance="10,00 €")))
    assert "Reste à régler : 10,00 €" in text and "Acquittée" not in text


def test_a_receipt_without_payment_nor_balance():
    text = text_of(receipt_pdf(receipt(payments=[], excess="", total="0,00 €")))
    assert "Rien à régler" in text and "Acquittée" not in text and "dépassement" not in text


def test_a_till_lists_receipts_and_totals():
    text = text_of(till_pdf(till()))
    for mention in (
        "lundi 23 novembre 2026",
        "60,00 €",
        "90,00 €",
        "2026-0008",
        "9 h 30",
        "2 encaissements",
        "signature",
    ):
        assert mention in text, mention


def test_an_empty_till_says_so():
    assert "Aucun encaissement ce jour." in text_of(till_pdf(till(rows=[], totals=[], total="0,00 €")))


def test_a_long_till_loses_no_row():
    rows = [("9 h 00", f"2026-{n:04d}", "Carte", "1,00 €") for n in range(120)]
    pages = pages_of(till_pdf(till(rows=rows)))
    assert len(pages) > 2 and all("Montant" in page for page in pages[:-1])
    assert all(f"2026-{n:04d}" in "".join(pages) for n in range(120))


def test_a_report_repeats_its_heading_and_keeps_every_row():
    rows = [[str(n), f"Raison numéro {n}."] for n in range(300)]
    pages = pages_of(report_pdf(report(rows=rows, facts=[("Lignes lues", "1 204")])))
    assert len(pages) > 3 and all("Raison" in page for page in pages)
    assert all(f"Raison numéro {n}." in "".join(pages) for n in range(300))
    assert "1 204" in pages[0] and f"Page 2 sur {len(pages)}" in pages[1]


def test_a_report_lies_on_its_side_when_asked():
    for landscape in (False, True):
        box = PdfReader(io.BytesIO(report_pdf(report(landscape=landscape)))).pages[0].mediabox
        assert (box.width > box.height) is landscape


def test_a_report_without_rows_says_so():
    assert "Aucune ligne." in text_of(report_pdf(report(rows=[])))


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValidationError):
        report(rows=[["12"]])


def test_the_recovery_sheet_holds_the_whole_code():
    code = "7KQ4M-X2PVD-9HRTA-3WNBE-F6YCJ-8ZGLU"
    text = text_of(recovery_sheet(practice_name="Cabinet des Tilleuls", code=code, on=DAY))
    assert code in text.replace("\n", "")
    for mention in ("coffre", "Cabinet des Tilleuls", "23/11/2026", "serment recover", "provisoire"):
        assert mention in text.replace("\u00a0", " "), mention
