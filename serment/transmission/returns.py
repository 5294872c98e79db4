"""What the funds answer: taken whole or not at all, settled line by line; what does not fit waits for a person."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from serment.access.models import Person
from serment.billing import services as billing
from serment.billing import transfers
from serment.billing.models import Allocation, Payment, Transfer
from serment.formats.fse import noemie
from serment.formats.fse.layout import Fault, day
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import channels, files, sending, signing, states
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Return, ReturnLine, Sheet
from serment.transmission.payloads import Reject, SheetAnswer
from serment.transmission.story import move
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

_TROUBLE = ReturnLine.Trouble
_MOTIVES = 40


def fetch(*, keyring: Keyring, author: Person | None, practice: Practice) -> list[Return]:
    """Read what has come; a file known already is left alone. Raises Refused, NoKey.

    Each message is kept in its own transaction before it counts as read: stopped between, it comes again.
    """
    found: list[Return] = []

    def keep(arrived: channels.Arrived) -> None:
        for raw in arrived.files:
            row = take(keyring=keyring, author=author, raw=raw, simulated=way.simulated)
            if row is not None:
                found.append(row)
        for lot in Lot.objects.filter(message__in=arrived.answers):
            if arrived.failed:
                sending.bounced(lot_id=lot.pk)
            else:
                sending.acknowledge(lot_id=lot.pk, author=author)

    way = channels.of(practice, keyring)
    try:
        way.fetch(keep)
    except (channels.Later, channels.Never) as error:
        raise Refused(f"{error}\u00a0: relevez les retours plus tard, rien n’est perdu.") from error
    return found


@transaction.atomic
def take(*, keyring: Keyring, author: Person | None, raw: bytes, simulated: bool = False) -> Return | None:
    """Keep a returned file, and settle what it says; all of it or nothing. None where it was taken before."""
    digest = hashlib.sha256(raw).hexdigest()
    if Return.objects.filter(digest=digest).exists():
        return None
    action = "fse.return_simulated" if simulated else "fse.return"
    row = Return(id=new_id(), practice_id=keyring.practice_id, digest=digest)
    keys = keyring.subject_keys([keyring.practice_id], Domain.BILLING)
    keys.seal(row, "file", {"noemie": base64.b64encode(raw).decode()})
    try:
        read = noemie.read(raw)
    except Fault as fault:
        row.trouble = str(fault)[:300]
        row.save(force_insert=True)
        journal.record(action, object_id=row.pk, details={"readable": False})
        return row
    row.transfer, row.transfer_on, row.paid_cents = read.transfer[:64], _day(read.transfer_day), read.paid
    row.save(force_insert=True)
    sheets = _sheets({files.claim_number(back.invoice) for back in read.returns})
    banked = Transfers(row)
    for back in read.returns:
        for line in _lines(row, back):
            sheet = sheets.get((files.claim_number(back.invoice), line.part))
            if sheet is None and line.part == Sheet.Part.AMC:  # paid by the fund for the complementary body
                sheet = sheets.get((files.claim_number(back.invoice), Sheet.Part.AMO))
            if sheet is not None and _repeats(line, sheet, row):
                line.sheet, line.trouble = sheet, _TROUBLE.REPEATED
            else:
                _settle(keyring, author, line, sheet, back.rejects, banked)
            _add(row, line)
    banked.close()
    row.save()
    journal.record(action, object_id=row.pk, details={"matched": row.matched})
    return row


class Transfers:
    """What the bank's statement should show of a return, for each practitioner: announced to the accounts."""

    def __init__(self, row: Return) -> None:
        self.row = row
        self.known: dict[int, Transfer] = {}

    def of(self, practitioner_id: int) -> Transfer:
        if practitioner_id not in self.known:
            self.known[practitioner_id] = transfers.announce(
                practitioner_id=practitioner_id,
                source_key=self.row.digest,
                reference=self.row.transfer or "retour sans virement annoncé",
                announced_on=self.row.transfer_on or timezone.localdate(),
                cents=0,
            )
        return self.known[practitioner_id]

    def add(self, line: ReturnLine, practitioner_id: int) -> None:
        """What this line brings to the account, and what goes to a patient instead."""
        found = self.of(practitioner_id)
        found.repaid_cents += line.patient_cents
        found.cents += line.paid_cents - line.patient_cents

    def close(self) -> None:
        for found in self.known.values():
            found.save(update_fields=["cents", "repaid_cents"])


def _day(text: str) -> date | None:
    return day(text) if text.isascii() and text.isdigit() else None


def _sheets(numbers: set[str]) -> dict[tuple[str, str], Sheet]:
    rows = Sheet.objects.select_for_update().filter(claim__number__in=numbers - {""}).select_related("claim")
    return {(sheet.claim.number, sheet.part): sheet for sheet in rows}


def _lines(row: Return, back: noemie.Return) -> list[ReturnLine]:
    """One line for each scheme that answers; the fund's alone where neither says anything."""
    invoice = back.invoice[:9] if back.invoice.isascii() else ""
    told = {
        "amo": (back.amo_state, back.amo_asked, back.amo_paid),
        "amc": (back.amc_state, back.amc_asked, back.amc_paid),
    }
    parts = [part for part, (state, _, paid) in told.items() if state.strip() or paid]
    return [
        ReturnLine(
            id=new_id(),
            back=row,
            invoice=invoice,
            part=part,
            state=told[part][0].strip(),
            asked_cents=told[part][1],
            paid_cents=told[part][2],
        )
        for part in parts or ["amo"]
    ]


def _add(row: Return, line: ReturnLine) -> None:
    """Keep a line, and count it in its return."""
    line.save(force_insert=True)
    row.matched += line.sheet_id is not None
    row.practice_cents += line.practice_cents
    row.patient_cents += line.patient_cents
    row.surplus_cents += line.paid_cents - line.practice_cents - line.patient_cents


def _repeats(line: ReturnLine, sheet: Sheet, row: Return) -> bool:
    """Whether an earlier return already said this: same sheet, part, sums, and the same transfer.

    Two files that name no transfer and pay the same sum are taken for one: a person decides (`attach`). A rejection is
    a second one unless both name their transfer: a sheet corrected and sent again may well be rejected again.
    """
    if not (row.transfer if line.state == "R" else line.paid_cents):
        return False
    same = {"state": line.state, "asked_cents": line.asked_cents, "paid_cents": line.paid_cents}
    earlier = ReturnLine.objects.filter(sheet=sheet, part=line.part, **same).exclude(back=row)
    earlier = earlier.exclude(trouble__in=(_TROUBLE.SETTLED, _TROUBLE.REPEATED))
    return earlier.filter(back__transfer=row.transfer, back__transfer_on=row.transfer_on).exists()


def _settle(
    keyring: Keyring,
    author: Person | None,
    line: ReturnLine,
    sheet: Sheet | None,
    rejects: list[noemie.Reject],
    banked: Transfers,
) -> None:
    """What one line does to its sheet and its claim; a line that fits nothing says why and changes nothing."""
    line.sheet = sheet
    own = sheet is not None and sheet.part == line.part
    if sheet is None:
        line.trouble = _TROUBLE.UNKNOWN
    elif line.paid_cents < 0:
        line.trouble = _TROUBLE.RECOVERY
    elif own and sheet.state not in states.ANSWERABLE:
        line.trouble = _TROUBLE.SETTLED
    elif line.state == "R":
        if own and sheet.state != "part_paid":
            motives = [Reject(code=r.code, label=r.label, level=r.level, part=r.part) for r in rejects]
            keys = keyring.subject_keys([sheet.patient_id], Domain.BILLING)
            keys.seal(sheet, "answer", SheetAnswer(rejects=motives[:_MOTIVES]))
            move(sheet, "rejected", author)
            sheet.save(update_fields=["state", "answer", "updated_at"])
        else:
            line.trouble = _TROUBLE.SETTLED
    elif line.state == "D" or not line.state:
        line.trouble = _TROUBLE.DEFERRED
    else:
        _pay(author, line, sheet, banked.of(sheet.claim.practitioner_id))
        if own:
            _paid(author, line, sheet)
    if sheet is not None and line.paid_cents and line.trouble != _TROUBLE.SETTLED:
        banked.add(line, sheet.claim.practitioner_id)


def _pay(author: Person | None, line: ReturnLine, sheet: Sheet, transfer: Transfer) -> None:
    """Credit the claim with what it still owes; what goes to a patient who had paid is only told."""
    to_practice = {"00": (), "25": ("amc",)}.get(sheet.payee, ("amo", "amc"))
    if line.part not in to_practice:
        line.patient_cents = line.paid_cents
        return
    line.practice_cents = min(line.paid_cents, max(sheet.claim.balance_cents, 0))
    if line.part == "amc" and sheet.part != line.part:
        # Paid by the fund for the complementary body: no sheet of its own says that it was settled before.
        line.practice_cents = min(line.practice_cents, max(0, sheet.claim.amc_cents - _paid_by_amc(sheet)))
        if not line.practice_cents:
            line.trouble = _TROUBLE.SETTLED
            return
    if line.practice_cents < line.paid_cents:
        line.trouble = _TROUBLE.SURPLUS
    if line.practice_cents:
        billing.take_payment(
            author=author,
            claim_id=sheet.claim_id,
            amount_cents=line.practice_cents,
            mode=Payment.Mode.TRANSFER,
            payer=Payment.Payer.AMC if line.part == "amc" else Payment.Payer.AMO,
            transfer=transfer,
            request_key=f"noemie-{line.pk}"[:32],
        )
        sheet.claim.refresh_from_db(fields=["paid_cents", "state"])


def _paid_by_amc(sheet: Sheet) -> int:
    """Cents that the complementary body has paid on the claim of a sheet so far."""
    rows = Allocation.objects.filter(claim_id=sheet.claim_id, payment__payer=Payment.Payer.AMC)
    return rows.aggregate(sum=Sum("cents"))["sum"] or 0


def _paid(author: Person | None, line: ReturnLine, sheet: Sheet) -> None:
    before = 0
    if sheet.state == "part_paid":
        rows = ReturnLine.objects.filter(sheet=sheet, part=line.part, state="P").exclude(pk=line.pk)
        rows = rows.exclude(trouble__in=(_TROUBLE.SETTLED, _TROUBLE.REPEATED))
        before = sum(rows.values_list("paid_cents", flat=True))
    state = "paid" if before + line.paid_cents >= sheet.asked_cents else "part_paid"
    if state != sheet.state:
        move(sheet, state, author)
    sheet.save(update_fields=["state", "updated_at"])


def waiting(practitioner_id: int | None = None) -> QuerySet[ReturnLine]:
    """Lines that wait for a person; a practitioner's own with those that nobody is named in."""
    rows = ReturnLine.objects.exclude(trouble="").filter(treated_at=None)
    if practitioner_id:
        rows = rows.filter(Q(sheet=None) | Q(sheet__claim__practitioner_id=practitioner_id))
    return rows


def to_treat(practitioner_id: int | None = None) -> list[ReturnLine]:
    """Lines that wait for a person, oldest first."""
    rows = waiting(practitioner_id).select_related("back", "sheet__claim")
    return list(rows.order_by("back__received_at", "pk")[:100])


@transaction.atomic
def attach(*, keyring: Keyring, author: Person, line_id: int, number: str) -> ReturnLine:
    """Say which claim an unknown or repeated line pays: settled as if it had been named so. Raises Refused, NoKey."""
    line: ReturnLine = ReturnLine.objects.select_for_update().select_related("back").get(pk=line_id)
    if line.treated_at or line.trouble not in (_TROUBLE.UNKNOWN, _TROUBLE.REPEATED):
        raise Refused("Cette ligne est déjà traitée.")
    known = _sheets({number.strip()})
    sheet = known.get((number.strip(), line.part)) or known.get((number.strip(), Sheet.Part.AMO))
    if sheet is None:
        raise Refused("Aucune feuille ne porte ce numéro de facture (comme 2026-00042).")
    signing.require_own(author, sheet.claim)
    if sheet.state not in states.ANSWERABLE:
        raise Refused(
            f"La feuille de cette facture est {states.LABELS[sheet.state]}\u00a0: rien n’y est attendu."
        )
    matched, line.trouble = line.sheet_id is not None, ""
    found = Transfers(line.back)
    _settle(keyring, author, line, sheet, [], found)
    found.close()
    line.treated_at, line.treated_how = timezone.now(), "attached"
    line.save()
    back = line.back
    back.matched += not matched
    back.practice_cents += line.practice_cents
    back.patient_cents += line.patient_cents
    back.surplus_cents -= line.practice_cents + line.patient_cents
    back.save(update_fields=["matched", "practice_cents", "patient_cents", "surplus_cents"])
    journal.record("fse.attached", subject_id=sheet.patient_id, object_id=line.pk)
    return line


HOW = {
    "seen": "vu, rien à faire",
    "asked": "demandé à la caisse",
    "given_back": "trop-perçu à rendre",
    "accounted": "noté en comptabilité",
}


def may_keep(author: Person) -> bool:
    """Whether this person puts away what names nobody: the desk, or who answers for the practice."""
    return author.practitioner_id is None or author.is_owner


def _require_keeper(author: Person, line: ReturnLine | None = None) -> None:
    """A practitioner puts away what is their own; what names nobody is for the desk, or for who answers for the
    practice. Raises Refused.
    """
    if line is not None and line.sheet is not None:
        signing.require_own(author, line.sheet.claim)
    elif not may_keep(author):
        raise Refused(
            "Ce retour ne nomme aucune feuille\u00a0: au secrétariat, ou au responsable du cabinet, de le classer."
        )


@transaction.atomic
def dismiss(*, author: Person, line_id: int, how: str) -> ReturnLine:
    """A person has dealt with a line otherwise. Raises Refused."""
    line: ReturnLine = (
        ReturnLine.objects.select_for_update(of=("self",)).select_related("sheet__claim").get(pk=line_id)
    )
    _require_keeper(author, line)
    if how not in HOW:
        raise Refused("Dites ce qui a été fait.")
    if line.treated_at is None:
        line.treated_at, line.treated_how = timezone.now(), how
        line.save(update_fields=["treated_at", "treated_how"])
        journal.record("fse.dismissed", object_id=line.pk, details={"how": how})
    return line


@transaction.atomic
def dismiss_file(*, author: Person, return_id: int) -> Return:
    """A person has seen a file that does not read; it stays sealed until its term. Raises Refused."""
    row: Return = Return.objects.select_for_update().get(pk=return_id)
    _require_keeper(author)
    if row.trouble and row.treated_at is None:
        row.treated_at = timezone.now()
        row.save(update_fields=["treated_at"])
        journal.record("fse.dismissed", object_id=row.pk, details={"how": "file"})
    return row
