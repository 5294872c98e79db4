"""From a claim or a till to paper."""

from __future__ import annotations

from django.utils import timezone

from serment.billing import selectors
from serment.billing.models import Allocation, Claim, Payment, TillClosing
from serment.documents import letter_pdf, receipt_pdf, till_pdf
from serment.documents.models import LetterDocument, PatientBlock, ReceiptDocument, ReceiptLine, TillDocument
from serment.formats import dates
from serment.formats.money import format_euros
from serment.patients.selectors import card
from serment.practice.letterhead import letterhead
from serment.practice.models import Practice, Practitioner
from serment.vault.keyring import Keyring


def receipt(*, keyring: Keyring, practice: Practice, claim: Claim) -> bytes:
    """The note d'honoraires as a PDF/A. Raises NoKey, CannotOpen."""
    payload = selectors.one(keyring=keyring, claim=claim)
    patient = card(keyring=keyring, patient_id=claim.patient_id)
    payments = [
        (
            _how(row),
            format_euros(row.cents),
            dates.short(timezone.localtime(row.payment.received_at if row.payment else row.made_at).date()),
        )
        for row in selectors.settlements(claim)
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


def payment_receipt(*, keyring: Keyring, practice: Practice, payment: Payment) -> bytes:
    """The « reçu » of one gesture as a PDF/A: means, sums, numbers of the notes; no act. Raises NoKey, CannotOpen."""
    patient = card(keyring=keyring, patient_id=payment.patient_id)
    made = selectors.of_gesture(payment.gesture)
    parts = selectors.parts_of(made)
    total, shared = sum(row.amount_cents for row in made), sum(cents for _, cents in parts)
    on = timezone.localtime(made[0].received_at).date()
    lines = [f"Note n° {claim.number}\u00a0: {format_euros(cents)}" for claim, cents in parts]
    if total > shared:
        lines.append(f"Acompte, à valoir sur des soins à venir\u00a0: {format_euros(total - shared)}")
    numbers = ", ".join(str(row.number) for row in made)
    return letter_pdf(
        LetterDocument(
            letterhead=letterhead(payment.practitioner, practice),
            title=f"Reçu n° {numbers}",
            about=patient.display_name,
            paragraphs=[
                f"Reçu la somme de {format_euros(total)}, le {dates.medium(on)}, par\u00a0:",
                *(f"{row.get_mode_display()}\u00a0: {format_euros(row.amount_cents)}" for row in made),
                "Pour\u00a0:",
                *lines,
            ],
            on=on,
            date_text=dates.medium(on),
            place=practice.city,
            demo=practice.is_demo,
        )
    )


def _how(row: Allocation) -> str:
    if row.payment is None:
        return "somme non réclamée"
    kind = "" if row.payment.kind == Payment.Kind.RECEIPT else f" ({row.payment.get_kind_display()})"
    return f"{row.payment.get_mode_display()}{kind}"


def till(
    *,
    practice: Practice,
    till: selectors.Till,
    practitioner: Practitioner | None = None,
    closed: TillClosing | None = None,
) -> bytes:
    """The day's till as a PDF/A, of one practitioner or of all: numbers and amounts, no act and no name."""
    title = f"{practice.name} – {practitioner.display_name}" if practitioner else practice.name
    if closed is not None:
        title += f" – caisse close, n° {closed.number}"
    return till_pdf(
        TillDocument(
            practice=title,
            on=till.day,
            date_text=dates.long(till.day),
            totals=[(label.capitalize(), format_euros(cents)) for label, cents in till.totals],
            total=format_euros(till.total),
            rows=[
                (
                    dates.clock(timezone.localtime(row.payment.received_at)),
                    row.numbers or "acompte",
                    str(row.payment.get_mode_display()),
                    format_euros(row.payment.amount_cents),
                )
                for row in till.rows
            ],
            demo=practice.is_demo,
        )
    )
