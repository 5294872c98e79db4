"""Cheques and cash taken to the bank: which wait, which slip took them, and the slip on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from serment.access.models import Person
from serment.billing import numbering, selectors
from serment.billing.closing import require_own
from serment.billing.models import Counter, DepositSlip, Payment
from serment.billing.payloads import PaymentDetails
from serment.billing.perms import Whose, within
from serment.billing.refusal import Refused
from serment.documents import report_pdf
from serment.documents.models import ReportColumn, TableReport
from serment.formats import dates
from serment.formats.money import format_euros
from serment.journal import services as journal
from serment.practice.models import Practice, Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.tenancy import current_practice

MOST_CHEQUES = 200
NOTES = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
"""Euro notes and coins, in cents; the 500 € note is no longer issued."""


def waiting(whose: Whose = None) -> list[Payment]:
    """Cheques received, not reversed and on no slip, oldest first."""
    rows = Payment.objects.filter(
        mode=Payment.Mode.CHEQUE, kind=Payment.Kind.RECEIPT, slip=None, reversals=None
    )
    rows = within(rows, whose).select_related("practitioner")
    return list(rows.order_by("received_at", "pk")[:MOST_CHEQUES])


@transaction.atomic
def make(*, author: Person, practitioner: Practitioner, payment_ids: Iterable[int]) -> DepositSlip:
    """A numbered slip of these cheques, all of one practitioner's account. Raises Refused."""
    require_own(author, practitioner)
    wanted = set(payment_ids)
    rows = list(
        Payment.objects.select_for_update().filter(
            pk__in=wanted,
            practitioner=practitioner,
            mode=Payment.Mode.CHEQUE,
            kind=Payment.Kind.RECEIPT,
            slip=None,
        )
    )
    reversed_ = Payment.objects.filter(reverses__in=rows).exists()
    if not wanted:
        raise Refused("Cochez au moins un chèque.")
    if len(rows) != len(wanted) or reversed_:
        raise Refused("Un de ces chèques est déjà remis ou annulé\u00a0: rechargez la page.")
    slip = DepositSlip(
        id=new_id(),
        practice_id=current_practice(),
        practitioner=practitioner,
        number=numbering.take(Counter.Kind.SLIP, practitioner_id=practitioner.pk),
        made_on=timezone.localdate(),
        total_cents=sum(row.amount_cents for row in rows),
        count=len(rows),
        author_id=author.pk,
    )
    slip.save(force_insert=True)
    Payment.objects.filter(pk__in=wanted).update(slip=slip)
    journal.record("billing.slip", object_id=slip.pk, details={"number": slip.number, "cheques": slip.count})
    return slip


@dataclass(frozen=True)
class Cash:
    """A practitioner's cash: what came in less what was given back, and less what went to the bank."""

    practitioner: Practitioner
    cents: int


def cash(whose: Whose = None) -> list[Cash]:
    """The cash of each practitioner who holds some: three queries."""
    notes = within(Payment.objects.filter(mode=Payment.Mode.CASH), whose)
    gone = within(DepositSlip.objects.filter(kind=DepositSlip.Kind.CASH), whose)
    held = dict(notes.values_list("practitioner_id").annotate(Sum("amount_cents")).order_by())
    for pk, cents in gone.values_list("practitioner_id").annotate(Sum("total_cents")).order_by():
        held[pk] = held.get(pk, 0) - cents
    people = Practitioner.objects.filter(pk__in=[pk for pk, cents in held.items() if cents > 0])
    return [Cash(row, held[row.pk]) for row in people.order_by("family_name", "pk")]


@transaction.atomic
def make_cash(*, author: Person, practitioner: Practitioner, cents: int) -> DepositSlip:
    """A numbered slip of cash taken to the bank; coins may stay in the drawer. Raises Refused."""
    require_own(author, practitioner)
    number = numbering.take(Counter.Kind.SLIP, practitioner_id=practitioner.pk)  # held: one deposit at a time
    held = sum(one.cents for one in cash(practitioner.pk))
    if cents <= 0:
        raise Refused("Indiquez la somme remise à la banque.")
    if cents > held:
        raise Refused(f"La caisse ne tient que {format_euros(held)} en espèces\u00a0: corrigez la somme.")
    slip = DepositSlip(
        id=new_id(),
        practice_id=current_practice(),
        practitioner=practitioner,
        kind=DepositSlip.Kind.CASH,
        number=number,
        made_on=timezone.localdate(),
        total_cents=cents,
        count=0,
        author_id=author.pk,
    )
    slip.save(force_insert=True)
    journal.record("billing.slip", object_id=slip.pk, details={"number": slip.number, "cents": cents})
    return slip


def details_of(keyring: Keyring, payments: list[Payment]) -> dict[int, PaymentDetails]:
    """What is written on each cheque, where it may be read: one query."""
    if not keyring.holds(Domain.ADMIN):
        return {}
    sealed = [row for row in payments if row.details]
    keys = keyring.subject_keys({row.patient_id for row in sealed}, Domain.ADMIN) if sealed else {}
    return {row.pk: keys.open(row, "details") for row in sealed if row.patient_id in keys}  # type: ignore[union-attr]


def told(keyring: Keyring, payments: list[Payment]) -> list[tuple[selectors.TillRow, PaymentDetails]]:
    """Cheques as lists show them; the drawer is the patient where the cheque says nobody else."""
    details = details_of(keyring, payments)
    return [(row, details.get(row.payment.pk, PaymentDetails())) for row in selectors.told(keyring, payments)]


def paper(*, keyring: Keyring, practice: Practice, slip: DepositSlip) -> bytes:
    """The slip as a PDF/A: one line a cheque, or a line for each note and coin; names only where they may be read."""
    columns, rows = _cash_table() if slip.kind == DepositSlip.Kind.CASH else _cheque_table(keyring, slip)
    facts = [("Total", format_euros(slip.total_cents)), ("Remise du", dates.short(slip.made_on))]
    if slip.count:
        facts.insert(0, ("Chèques", str(slip.count)))
    return report_pdf(
        TableReport(
            title=slip.title,
            subtitle=slip.practitioner.display_name,
            practice=practice.name,
            on=slip.made_on,
            date_text=dates.medium(slip.made_on),
            facts=facts,
            columns=columns,
            rows=rows,
            empty_text="Aucun chèque.",
            demo=practice.is_demo,
        )
    )


def _cheque_table(keyring: Keyring, slip: DepositSlip) -> tuple[list[ReportColumn], list[list[str]]]:
    rows = told(keyring, list(slip.cheques.select_related("practitioner").order_by("received_at", "pk")))
    columns = [
        ReportColumn(label="Reçu n°", share=2),
        ReportColumn(label="Tireur", share=5),
        ReportColumn(label="Banque", share=3),
        ReportColumn(label="Chèque n°", share=3),
        ReportColumn(label="Montant", align="right", share=3),
    ]
    return columns, [
        [
            str(row.payment.number),
            details.drawer or row.name or "—",
            details.bank or "—",
            details.cheque or "—",
            format_euros(row.payment.amount_cents),
        ]
        for row, details in rows
    ]


def _cash_table() -> tuple[list[ReportColumn], list[list[str]]]:
    """Notes and coins, to be counted by hand at the desk."""
    columns = [
        ReportColumn(label="Coupure", align="right", share=3),
        ReportColumn(label="Nombre", share=3),
        ReportColumn(label="Somme", share=4),
    ]
    return columns, [[format_euros(cents), "", ""] for cents in NOTES]
