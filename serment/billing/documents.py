"""From a claim or a till to paper."""

from __future__ import annotations

from django.utils import timezone

from serment.billing import selectors
from serment.billing.models import Claim, Payment
from serment.documents import receipt_pdf, till_pdf
from serment.documents.models import PatientBlock, ReceiptDocument, ReceiptLine, TillDocument
from serment.formats import dates
from serment.formats.money import format_euros
from serment.patients.selectors import card
from serment.practice.letterhead import letterhead
from serment.practice.models import Practice
from serment.vault.keyring import Keyring


def receipt(*, keyring: Keyring, practice: Practice, claim: Claim) -> bytes:
    """The note d'honoraires as a PDF/A. Raises NoKey, CannotOpen."""
    payload = selectors.one(keyring=keyring, claim=claim)
    patient = card(keyring=keyring, patient_id=claim.patient_id)
    payments = [
        (
            str(Payment.Mode(p.mode).label),
            format_euros(p.amount_cents),
            dates.short(timezone.localtime(p.received_at).date()),
        )
        for p in claim.payments.order_by("received_at")
    ]
    return receipt_pdf(
        ReceiptDocument(
            letterhead=letterhead(claim.practitioner, practice),
            patient=PatientBlock(
                name=patient.display_name, sex="", birth_date=dates.short(patient.identity.birth_date)
            ),
            on=claim.established_on,
            date_text=dates.short(claim.established_on),
            number=claim.number,
            lines=[
                ReceiptLine(code=line.code, label=line.label, amount=format_euros(line.amount_cents))
                for line in payload.lines
            ],
            excess=format_euros(claim.excess_cents) if claim.excess_cents else "",
            total=format_euros(claim.total_cents),
            payments=payments,
            balance=format_euros(claim.balance_cents) if claim.balance_cents else "",
            demo=practice.is_demo,
        )
    )


def till(*, practice: Practice, till: selectors.Till) -> bytes:
    """The day's till as a PDF/A: numbers and amounts, no act and no name."""
    return till_pdf(
        TillDocument(
            practice=practice.name,
            on=till.day,
            date_text=dates.long(till.day),
            totals=[(label.capitalize(), format_euros(cents)) for label, cents in till.totals],
            total=format_euros(till.total),
            rows=[
                (
                    dates.clock(timezone.localtime(p.received_at)),
                    p.claim.number,
                    str(Payment.Mode(p.mode).label),
                    format_euros(p.amount_cents),
                )
                for p, _ in till.rows
            ],
            demo=practice.is_demo,
        )
    )
