"""Paper: typst templates rendered to PDF/A in memory. Knows no model; imports no other room."""

from serment.documents.engine import CannotRender
from serment.documents.render import (
    file_pdf,
    letter_pdf,
    notice_pdf,
    overlay_pdf,
    prescription_pdf,
    receipt_pdf,
    recovery_sheet,
    report_pdf,
    till_pdf,
)

__all__ = [
    "CannotRender",
    "file_pdf",
    "letter_pdf",
    "notice_pdf",
    "overlay_pdf",
    "prescription_pdf",
    "receipt_pdf",
    "recovery_sheet",
    "report_pdf",
    "till_pdf",
]
