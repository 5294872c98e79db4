"""What a person does with an answer: correct and send again, or close with a reason."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import signing, states
from serment.transmission.insured import Refused
from serment.transmission.models import Sheet
from serment.transmission.story import move, move_all
from serment.vault.keyring import Keyring


def recycle(*, keyring: Keyring, author: Person, practice: Practice, sheet_id: int) -> Sheet:
    """A rejected sheet, once corrected, is signed again and waits for a lot. Raises Faulty, Refused, Forbidden, NoKey.

    A DRE is not signed again: it goes out with the same engine reference.
    """
    sheet: Sheet = Sheet.objects.select_related("claim").get(pk=sheet_id)
    signing.require_own(author, sheet.claim)
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().select_related("claim__practitioner").get(pk=sheet_id)
        if sheet.state == "rejected":
            move(sheet, "corrected", author, "recycled")
            sheet.save(update_fields=["state", "updated_at"])
        states.check(sheet.state, "signed")
        if sheet.state != "corrected":
            raise states.Forbidden(f"Une feuille {states.LABELS[sheet.state]} n’est pas à renvoyer.")
        journal.record("fse.recycled", subject_id=sheet.patient_id, object_id=sheet.pk)
        if sheet.part == Sheet.Part.AMC:
            move(sheet, "signed", author, "recycled")
            sheet.lot, sheet.answer = None, None
            sheet.save()
            return sheet
    return signing.sign(keyring=keyring, author=author, practice=practice, claim_id=sheet.claim_id)


@transaction.atomic
def close(*, author: Person, sheet_id: int, reason: str) -> Sheet:
    """Nothing more is expected of this sheet; why is kept in its story. Raises Refused, Forbidden."""
    sheet: Sheet = Sheet.objects.select_for_update().select_related("claim").get(pk=sheet_id)
    if reason not in states.CLOSING_REASONS:
        raise Refused("Choisissez pourquoi cette feuille est close.")
    signing.require_own(author, sheet.claim)
    move(sheet, "closed", author, reason)
    sheet.save(update_fields=["state", "updated_at"])
    journal.record("fse.closed", subject_id=sheet.patient_id, object_id=sheet.pk, details={"why": reason})
    return sheet


@transaction.atomic
def close_paid(*, author: Person) -> int:
    """Put away what was paid before today; gives how many."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    rows = Sheet.objects.select_for_update().filter(state="paid", updated_at__lt=midnight)
    if author.practitioner_id:
        rows = rows.filter(claim__practitioner_id=author.practitioner_id)
    done = move_all(rows.select_related("claim"), "closed", author, "paid")
    if done:
        journal.record("fse.closed", details={"why": "paid", "count": len(done)})
    return len(done)
