"""Signed sheets into lots: one practitioner, one recipient each. The files are written and sealed at once."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from serment.access.models import Person
from serment.billing import numbering, owning
from serment.billing.models import Counter
from serment.formats.fse import b2
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import engines, files, insured
from serment.transmission.insured import Insured, Refused
from serment.transmission.models import Lot, Sheet
from serment.transmission.payloads import SheetDetails
from serment.transmission.story import move_all
from serment.vault.domains import Domain
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring

LOT_SIZE = 100
"""Sheets in a lot: our choice; the record 6 of B2 counts 999 at most."""


def ready(practitioner_id: int | None = None) -> QuerySet[Sheet]:
    """Signed sheets that wait for a lot."""
    rows = Sheet.objects.filter(state="signed").exclude(claim__state="cancelled")
    if practitioner_id:
        rows = rows.filter(claim__practitioner_id=practitioner_id)
    return rows


@transaction.atomic
def prepare(
    *, keyring: Keyring, author: Person | None, practice: Practice, limit: int | None = None
) -> list[Lot]:
    """Lots of the sheets that are ready: a practitioner's own, or everyone's for who helps them all. Raises NoKey.

    A sheet whose patient lost their number or fund since it was signed stays signed, for a person to complete.
    """
    own = author.practitioner_id if author else None
    rows = ready(own).select_for_update().select_related("claim__practitioner").order_by("pk")
    sheets = list(rows[:limit] if limit else rows)
    patients = insured.of(keyring, [sheet.claim.patient_id for sheet in sheets])
    by_recipient: dict[tuple[str, str, str, str, str, int], list[Sheet]] = {}
    for sheet in sheets:
        patient = patients[sheet.claim.patient_id]
        if not patient.fault:
            by_recipient.setdefault(_recipient(sheet, patient), []).append(sheet)
    if not by_recipient:
        return []
    found = []
    for key, members in sorted(by_recipient.items()):
        for start in range(0, len(members), LOT_SIZE):
            number = numbering.take(
                Counter.Kind.LOT
            )  # held until the end: two departures never share a number
            some = members[start : start + LOT_SIZE]
            found.append(_lot(keyring, author, number, key, some, patients))
    return found


def _recipient(sheet: Sheet, patient: Insured) -> tuple[str, str, str, str, str, int]:
    known = patient.coverage
    body = known.amc_number if sheet.part == Sheet.Part.AMC else ""
    return sheet.part, known.scheme, known.fund, known.centre, body, sheet.claim.practitioner_id


def _lot(
    keyring: Keyring,
    author: Person | None,
    number: int,
    key: tuple[str, str, str, str, str, int],
    sheets: list[Sheet],
    patients: dict[int, Insured],
) -> Lot:
    part, scheme, fund, centre, body, _ = key
    invoices = [_invoice(sheet, patients[sheet.claim.patient_id]) for sheet in sheets]
    lot = Lot(
        id=new_id(),
        practice_id=keyring.practice_id,
        number=number,
        practitioner=sheets[0].claim.practitioner,
        part=part,
        scheme=scheme,
        fund=fund,
        centre=centre,
        body=body,
        message=encode(new_id()),
        simulated=sheets[0].engine == engines.SIMULATOR,
        sheets_count=len(sheets),
        amo_cents=sum(sheet.asked_cents for sheet in sheets),
        made_at=timezone.localtime(),
    )
    raw = files.write(lot, invoices, "S" if any(invoice.certificate for invoice in invoices) else "")
    keys = keyring.subject_keys([keyring.practice_id], Domain.BILLING)
    keys.seal(lot, "file", {"b2": base64.b64encode(raw).decode()})
    lot.save(force_insert=True)
    for sheet in sheets:
        sheet.lot = lot
        sheet.tries += 1
    move_all(sheets, "in_lot", author)
    action = "fse.lot_simulated" if lot.simulated else "fse.lot"
    journal.record(action, object_id=lot.pk, details={"sheets": len(sheets), "part": part})
    return lot


def _invoice(sheet: Sheet, patient: Insured) -> b2.Invoice:
    keys = patient.keys
    details = keys.open(sheet, "details") if sheet.details else SheetDetails()
    certificate = keys.open(sheet, "seal").certificate if sheet.seal else ""
    make = files.complementary_invoice if sheet.part == Sheet.Part.AMC else files.fund_invoice
    return make(sheet.claim, keys.open(sheet.claim, "payload"), details, patient, certificate)


def content(keyring: Keyring, lot: Lot) -> bytes:
    """The lot's B2 file. Raises NoKey, CannotOpen, Refused once its three months are over."""
    if not lot.file:
        raise Refused("Le double de ce lot a été supprimé au bout de trois mois.")
    keys = keyring.subject_keys([lot.practice_id], Domain.BILLING)
    return base64.b64decode(keys.open(lot, "file")["b2"])


@transaction.atomic
def undo(*, author: Person, lot_id: int) -> Lot:
    """Take a lot apart while nobody can have received it; its sheets may be corrected, or cancelled. Raises Refused."""
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    require_own(author, [lot])
    untouched = lot.state == Lot.State.PREPARED and not lot.tries
    if not untouched and lot.state != Lot.State.REFUSED:
        raise Refused("Ce lot a pu être reçu\u00a0: renvoyez-le, il ne compte qu’une fois.")
    if Sheet.objects.filter(lot=lot, state="sent").exists():
        raise Refused(
            "Des feuilles de ce lot sont parties\u00a0: attendez leur retour, il ne se défait plus."
        )
    sheets = Sheet.objects.filter(lot=lot, state="in_lot").select_related("claim")
    for sheet in move_all(list(sheets), "signed", author, "undone"):
        sheet.lot = None
    Sheet.objects.filter(lot=lot).update(lot=None)
    lot.state, lot.file = Lot.State.UNDONE, None
    lot.save(update_fields=["state", "file"])
    journal.record("fse.undone", object_id=lot.pk, details={"sheets": lot.sheets_count})
    return lot


def require_own(author: Person | None, lots: Iterable[Lot]) -> None:
    """A practitioner handles their own lots alone. Raises Refused."""
    if author and not all(owning.may_handle(author, pk) for pk in {lot.practitioner_id for lot in lots}):
        raise Refused("Ce lot est celui d’un autre praticien.")
