"""One function per document: an input model in, PDF bytes out."""

from __future__ import annotations

from datetime import date

from serment.documents.code128 import widths
from serment.documents.engine import render
from serment.documents.models import (
    FileDocument,
    LetterDocument,
    NoticeDocument,
    OverlayDocument,
    PrescriptionDocument,
    ReceiptDocument,
    TableReport,
    TillDocument,
)


def _bars(number: str) -> list[int]:
    return widths(number) if number.isascii() and number.isdigit() else []


def prescription_pdf(document: PrescriptionDocument) -> bytes:
    """An ordonnance with the mentions of R.5132-3 CSP and R.161-45 CSS."""
    data = document.model_dump(mode="json")
    data["bars"] = {
        "rpps": _bars(document.letterhead.rpps),
        "am": _bars(document.letterhead.am_number),
    }
    return render("prescription", data, document.on)


def receipt_pdf(document: ReceiptDocument) -> bytes:
    """A note d'honoraires."""
    return render("receipt", document.model_dump(mode="json"), document.on)


def overlay_pdf(document: OverlayDocument) -> bytes:
    """Text for a paper form that is in the printer already, or its calibration page."""
    return render("overlay", document.model_dump(mode="json"), document.on)


def till_pdf(document: TillDocument) -> bytes:
    """The day's till."""
    return render("till", document.model_dump(mode="json"), document.on)


def report_pdf(document: TableReport) -> bytes:
    """Any list, portrait or landscape. A thousand rows take 0.4 s and some 60 MB; past 2,000, offer a CSV instead."""
    return render("report", document.model_dump(mode="json"), document.on)


def recovery_sheet(*, practice_name: str, code: str, on: date | None = None) -> bytes:
    """The sheet for the safe. The caller shows it once and keeps it nowhere."""
    day = on or date.today()
    groups = [group for group in code.split("-") if group]
    data = {"practice": practice_name, "code": code, "groups": groups, "date": day.strftime("%d/%m/%Y")}
    return render("recovery", data, day)


def notice_pdf(document: NoticeDocument) -> bytes:
    """The information notice, as a poster or a leaflet."""
    return render("notice", document.model_dump(mode="json"), document.on)


def file_pdf(document: FileDocument) -> bytes:
    """A whole file: a patient's copy, a register, a conformity file."""
    return render("file", document.model_dump(mode="json"), document.on)


def letter_pdf(document: LetterDocument) -> bytes:
    """A letter or a certificate, on the practitioner's letterhead."""
    return render("letter", document.model_dump(mode="json"), document.on)
