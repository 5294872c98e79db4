"""Paper: typst templates rendered to PDF/A in memory. Knows no model; imports no other room."""

from serment.documents.render import (
    prescription_pdf,
    receipt_pdf,
    recovery_sheet,
    till_pdf,
)

__all__ = ["prescription_pdf", "receipt_pdf", "recovery_sheet", "till_pdf"]
