"""Sign, put in lots, send, read the returns. Each step is one transaction, and may be done again after a crash."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from serment.access.models import Person
from serment.billing import services as billing
from serment.billing.models import Claim, Payment
from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import Fault
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import insured, simulator, states
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Return, Sheet
from serment.vault.domains import Domain
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring

WITH_ADVANCE, WITHOUT_ADVANCE = 3, 8
"""Working days to send: the patient paid, or was dispensed from paying (R.161-47 CSS, to be checked)."""


LOT_SIZE = 100
"""Sheets in a lot: our choice; the record 6 of B2 counts 999 at most."""


def require_engine(author: Person) -> None:
    """The only engine here is the simulator, and it works in a demonstration alone. Raises Refused elsewhere.

    In a real practice it would write payments that no fund ever made.
    """
    if not author.practice.is_demo:
        raise Refused(
            "Aucun moteur homologué n’est raccordé\u00a0: remettez une feuille de soins papier. "
            "Le simulateur ne sert qu’au cabinet de démonstration."
        )


def working_day(start: date, days: int) -> date:
    """So many working days later, by the French calendar."""
    closed = holidays.country_holidays("FR", years=[start.year, start.year + 1])
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 6 and day not in closed:
            days -= 1
    return day


def invoice_number(claim: Claim) -> int:
    """« 2026-00042 » → 2600042: the nine digits that the norm has for it."""
    year, _, rank = claim.number.partition("-")
    return int(year[-2:]) * 100_000 + int(rank)


def claim_number(invoice: int) -> str:
    """The way back: 2600042 → « 2026-00042 »."""
    return f"20{invoice // 100_000:02d}-{invoice % 100_000:05d}"


def unsigned(limit: int = 200, after: int = 0) -> list[Claim]:
    """Claims with a part of the fund and no sheet yet, oldest first; ``after``: beyond this claim's id."""
    rows = Claim.objects.filter(sheets=None, amo_cents__gt=0, pk__gt=after).exclude(state="cancelled")
    return list(rows.select_related("practitioner").order_by("pk")[:limit])


def may_sign(author: Person, claim: Claim) -> bool:
    """A practitioner signs their own sheets alone; who has no practitioner's role prepares for those they help."""
    return author.practitioner_id in (None, claim.practitioner_id)


@transaction.atomic
def sign(*, keyring: Keyring, author: Person, claim_id: int) -> Sheet:
    """A sheet for a claim, with its last day to leave. Raises Refused, NoKey. Twice is once."""
    require_engine(author)
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    known = Sheet.objects.filter(claim=claim).first()
    if known is not None:
        return known
    if not may_sign(author, claim):
        raise Refused("Cette feuille est celle d’un autre praticien\u00a0: à lui de la signer.")
    if claim.state == "cancelled" or not claim.amo_cents:
        raise Refused("Cette facture n’a pas de part à transmettre.")
    insured.require(keyring, claim.patient_id)
    days = WITH_ADVANCE if claim.paid_cents >= claim.total_cents else WITHOUT_ADVANCE
    sheet = Sheet.objects.create(claim=claim, due_on=working_day(claim.established_on, days))
    journal.record("fse.signed", subject_id=claim.patient_id, object_id=sheet.pk)
    return sheet


@dataclass(frozen=True)
class Signed:
    """How many were signed, and why the others were not: (claim number, reason)."""

    count: int
    left: list[tuple[str, str]]


def sign_all(*, keyring: Keyring, author: Person) -> Signed:
    """Sign all that may be; those that may not are passed over, and never hold back the ones after."""
    count, left, last = 0, [], 0
    while claims := unsigned(after=last):
        for claim in claims:
            if not may_sign(author, claim):
                continue
            try:
                sign(keyring=keyring, author=author, claim_id=claim.pk)
                count += 1
            except Refused as error:
                left.append((claim.number, str(error)))
        last = claims[-1].pk
    return Signed(count, left)


def _move(sheet: Sheet, state: str) -> None:
    states.check(sheet.state, state)
    sheet.state = state


@transaction.atomic
def prepare(*, keyring: Keyring, author: Person, practice: Practice) -> list[Lot]:
    """Signed sheets into lots of one fund each; the files are written and sealed. Raises NoKey.

    A sheet whose patient lost their number or fund since it was signed stays signed, for a person to complete.
    """
    require_engine(author)
    sheets = list(
        Sheet.objects.select_for_update()
        .filter(state="signed")
        .exclude(claim__state="cancelled")
        .select_related("claim__practitioner")
        .order_by("pk")
    )
    patients = insured.of(keyring, [sheet.claim.patient_id for sheet in sheets])
    by_fund: dict[tuple[str, str, int], list[tuple[Sheet, b2.Invoice]]] = {}
    for sheet in sheets:
        patient = patients[sheet.claim.patient_id]
        if isinstance(patient, Refused):
            continue
        fund = (patient.coverage.scheme, patient.coverage.fund, sheet.claim.practitioner_id)
        by_fund.setdefault(fund, []).append((sheet, _invoice(sheet.claim, patient)))
    return [
        _lot(keyring, practice, scheme, fund, every[start : start + LOT_SIZE])
        for (scheme, fund, _), every in sorted(by_fund.items(), key=lambda item: item[0])
        for start in range(0, len(every), LOT_SIZE)
    ]


def _invoice(claim: Claim, patient: insured.Insured) -> b2.Invoice:
    payload, coverage = patient.keys.open(claim, "payload"), patient.coverage
    paid = [line for line in payload.lines if line.amount_cents]
    base = sum(line.amount_cents for line in paid)
    left_amo, left_amc, acts = claim.amo_cents, claim.amc_cents, []
    for number, line in enumerate(paid, 1):
        last = number == len(paid)
        amo = left_amo if last else claim.amo_cents * line.amount_cents // base
        amc = left_amc if last else claim.amc_cents * line.amount_cents // base
        left_amo, left_amc = left_amo - amo, left_amc - amc
        fee = line.amount_cents + (claim.excess_cents if last else 0)
        acts.append(
            b2.Act(
                code=b2.plain(line.code.split(" ")[0], 5),
                done_on=claim.established_on,
                base=line.amount_cents,
                amo=amo,
                fee=fee,
                rate=payload.rate,
                amc=amc,
                unit_price=line.amount_cents,
                expense="D" if last and claim.excess_cents else "",
                place=1 if payload.place == "home" else 0,
            )
        )
    return b2.Invoice(
        number=invoice_number(claim),
        nir=coverage.nir,
        born_on=patient.who.birth_date,
        invoiced_on=claim.established_on,
        scheme=coverage.scheme,
        fund=coverage.fund,
        centre=coverage.centre,
        acts=acts,
        exemption="4" if coverage.ald and payload.rate == 100 else "0",
    )


def _lot(
    keyring: Keyring, practice: Practice, scheme: str, fund: str, members: list[tuple[Sheet, b2.Invoice]]
) -> Lot:
    number = (Lot.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    who = members[0][0].claim.practitioner
    today = timezone.localdate()
    raw = b2.write(
        b2.Batch(
            provider=(who.am_number or "0").zfill(9)[-9:],
            name=who.display_name,
            recipient=f"{scheme}{fund}",
            file=f"{number % 1_000_000:06d}",
            made_on=today,
            lots=[b2.Lot(number % 1000, fund, today, [invoice for _, invoice in members])],
        )
    )
    lot = Lot(
        id=new_id(),
        practice_id=keyring.practice_id,
        number=number,
        scheme=scheme,
        fund=fund,
        message=encode(new_id()),
        sheets_count=len(members),
        amo_cents=sum(invoice.amo_total for _, invoice in members),
    )
    keys = keyring.subject_keys([keyring.practice_id], Domain.BILLING)
    keys.seal(lot, "file", {"b2": base64.b64encode(raw).decode()})
    lot.save(force_insert=True)
    for sheet, _ in members:
        _move(sheet, "in_lot")
        sheet.lot, sheet.updated_at = lot, timezone.now()
        sheet.tries += 1
    Sheet.objects.bulk_update(
        [sheet for sheet, _ in members], ["state", "lot", "tries", "updated_at"], batch_size=100
    )
    journal.record("fse.lot", object_id=lot.pk, details={"sheets": len(members)})
    return lot


def content(keyring: Keyring, lot: Lot) -> bytes:
    """The lot's B2 file. Raises NoKey, CannotOpen, Refused once its three months are over."""
    if not lot.file:
        raise Refused("Le double de ce lot a été supprimé au bout de trois mois.")
    keys = keyring.subject_keys([lot.practice_id], Domain.BILLING)
    return base64.b64decode(keys.open(lot, "file")["b2"])


def send(*, keyring: Keyring, author: Person, lot_id: int) -> Lot:
    """Deposit a lot and note its acknowledgement. Raises Refused (nothing is lost: try again), NoKey.

    The deposit comes first and is known by its message: stopped between the two, sending again changes nothing there.
    """
    lot = Lot.objects.get(pk=lot_id)
    if lot.state == Lot.State.ACKNOWLEDGED:
        return lot
    raw = content(keyring, lot)
    Lot.objects.filter(pk=lot.pk).update(tries=lot.tries + 1)
    try:
        answer = simulator.send(lot.message, raw)
    except simulator.Unreachable as error:
        raise Refused(
            "Le frontal (simulé) ne répond pas\u00a0: le lot est gardé, renvoyez-le plus tard."
        ) from error
    if answer.fault:
        raise Refused(f"Le frontal (simulé) refuse le lot\u00a0: {answer.fault}")
    return _acknowledge(lot.pk)


@transaction.atomic
def _acknowledge(lot_id: int) -> Lot:
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    if lot.state != Lot.State.ACKNOWLEDGED:
        lot.state, lot.sent_at, lot.acknowledged_at = Lot.State.ACKNOWLEDGED, timezone.now(), timezone.now()
        lot.save(update_fields=["state", "sent_at", "acknowledged_at"])
        Sheet.objects.filter(lot=lot, state="in_lot").update(state="acknowledged")
        journal.record("fse.sent", object_id=lot.pk, details={"sheets": lot.sheets_count})
    return lot


def fetch(*, keyring: Keyring, author: Person) -> list[Return]:
    """Read what the frontal has for us; a file known already is left alone."""
    require_engine(author)
    return [row for raw in simulator.returns() if (row := take(keyring=keyring, author=author, raw=raw))]


@transaction.atomic
def take(*, keyring: Keyring, author: Person, raw: bytes) -> Return | None:
    """Keep a returned file, and settle what it says; all of it or nothing. None where it was taken before."""
    digest = hashlib.sha256(raw).hexdigest()
    if Return.objects.filter(digest=digest).exists():
        return None
    row = Return(id=new_id(), practice_id=keyring.practice_id, digest=digest)
    keys = keyring.subject_keys([keyring.practice_id], Domain.BILLING)
    keys.seal(row, "file", {"noemie": base64.b64encode(raw).decode()})
    try:
        read = noemie.read(raw)
    except Fault as fault:
        row.trouble = str(fault)[:300]
        row.save(force_insert=True)
        journal.record("fse.return", object_id=row.pk, details={"readable": False})
        return row
    named = [claim_number(int(back.invoice or 0)) for back in read.returns]
    sheets = {
        invoice_number(sheet.claim): sheet
        for sheet in Sheet.objects.select_for_update()
        .filter(state__in=["sent", "acknowledged", "part_paid"], claim__number__in=named)
        .select_related("claim")
    }
    for back in read.returns:
        sheet = sheets.get(int(back.invoice or 0))
        if sheet is None:
            row.unmatched.append(back.invoice)
            continue
        _settle(author, sheet, back, digest)
        row.matched += 1
    row.transfer, row.paid_cents = read.transfer[:64], read.paid
    row.save(force_insert=True)
    journal.record(
        "fse.return", object_id=row.pk, details={"matched": row.matched, "unmatched": len(row.unmatched)}
    )
    return row


def _settle(author: Person, sheet: Sheet, back: noemie.Return, digest: str) -> None:
    claim = sheet.claim
    if back.amo_state == "R":
        _move(sheet, "rejected")
        reject = back.rejects[0] if back.rejects else noemie.Reject("", "motif non donné", "F", "O")
        sheet.reject_code, sheet.reject_label = reject.code[:8], reject.label[:100]
    else:
        _move(sheet, "paid" if back.amo_paid >= claim.amo_cents else "part_paid")
        owed = min(back.amo_paid, claim.balance_cents)
        if owed > 0:
            billing.take_payment(
                author=author,
                claim_id=claim.pk,
                amount_cents=owed,
                mode=Payment.Mode.TRANSFER,
                payer=Payment.Payer.AMO,
                request_key=f"noemie-{digest[:12]}-{invoice_number(claim)}"[:32],
            )
    sheet.save(update_fields=["state", "reject_code", "reject_label", "updated_at"])


@transaction.atomic
def recycle(*, keyring: Keyring, author: Person, sheet_id: int) -> Sheet:
    """A rejected sheet, once corrected, goes out again. Raises Refused, Forbidden, NoKey."""
    sheet: Sheet = Sheet.objects.select_for_update().select_related("claim").get(pk=sheet_id)
    insured.require(keyring, sheet.claim.patient_id)
    _move(sheet, "signed")
    sheet.lot, sheet.reject_code, sheet.reject_label = None, "", ""
    sheet.save()
    journal.record("fse.recycled", subject_id=sheet.claim.patient_id, object_id=sheet.pk)
    return sheet


def _ended_doubles(before: date) -> tuple[QuerySet[Lot], QuerySet[Return]]:
    """Files whose three months are over; lots with a rejected sheet wait."""
    waiting = Sheet.objects.filter(state="rejected", lot__isnull=False).values("lot_id")
    lots = Lot.objects.filter(acknowledged_at__date__lt=before, file__isnull=False).exclude(pk__in=waiting)
    return lots, Return.objects.filter(received_at__date__lt=before, file__isnull=False)


def doubles_before(before: date) -> int:
    """How many `purge_doubles` would empty."""
    return sum(found.count() for found in _ended_doubles(before))


def purge_doubles(before: date) -> int:
    """Empty the files whose three months are over (R7.7). Gives how many."""
    return sum(found.update(file=None) for found in _ended_doubles(before))


def late() -> int:
    """Sheets not sent whose last day has passed: one query."""
    return Sheet.objects.filter(state__in=["signed", "in_lot"], due_on__lt=timezone.localdate()).count()
