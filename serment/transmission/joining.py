"""SCOR: a scanned prescription joined to its sheet, from the record by its prescriber, or scanned at the desk.

The copy is sealed in the billing domain by whoever holds the care key: nobody at the desk needs one.
"""

from __future__ import annotations

import base64

from django.db import transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.record import antivirus
from serment.record import files as record_files
from serment.record.models import Entry
from serment.transmission import signing, states
from serment.transmission.insured import Refused
from serment.transmission.models import Attachment, Sheet
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

MAX_BYTES = 5_000_000
MEDIA = ("application/pdf", "image/jpeg", "image/png")


@transaction.atomic
def join(*, keyring: Keyring, author: Person, sheet_id: int, data: bytes) -> Attachment:
    """Join a scan. Raises Refused, NoKey; the record's own Refused for a file that is not what it says."""
    sheet: Sheet = Sheet.objects.select_for_update().select_related("claim").get(pk=sheet_id)
    signing.require_own(author, sheet.claim)
    if sheet.part != Sheet.Part.AMO or sheet.state not in (*states.TO_SIGN, "signed", "rejected"):
        raise Refused("Cette feuille est partie\u00a0: on n’y joint plus rien.")
    if not data:
        raise Refused("Choisissez le fichier de l’ordonnance numérisée.")
    if len(data) > MAX_BYTES:
        raise Refused(f"Le fichier dépasse {MAX_BYTES // 1_000_000} Mo\u00a0: numérisez en noir et blanc.")
    try:
        media = record_files.media_type(data)
        antivirus.scan(data)
    except ValueError as error:
        raise Refused(str(error)) from error
    if media not in MEDIA:
        raise Refused("Une ordonnance numérisée est un PDF ou une photo (JPEG, PNG).")
    row = Attachment(
        id=new_id(),
        practice_id=keyring.practice_id,
        sheet=sheet,
        media=media,
        size=len(data),
        author_id=author.pk,
    )
    keys = keyring.subject_keys([sheet.patient_id], Domain.BILLING)
    keys.seal(row, "file", {"scan": base64.b64encode(data).decode()})
    row.save(force_insert=True)
    journal.record("fse.joined", subject_id=sheet.patient_id, object_id=row.pk)
    return row


def join_entry(*, keyring: Keyring, author: Person, sheet_id: int, entry_id: int) -> Attachment:
    """Join a document of the record: the gesture of whoever holds its care key. Raises Refused, NoKey."""
    sheet = Sheet.objects.select_related("claim").get(pk=sheet_id)
    signing.require_own(author, sheet.claim)
    entry = Entry.objects.filter(pk=entry_id, patient_id=sheet.patient_id, kind="document").first()
    if entry is None:
        raise Refused("Ce document n’est pas dans le dossier de ce patient.")
    data, _ = record_files.content(keyring=keyring, entry=entry)
    return join(keyring=keyring, author=author, sheet_id=sheet_id, data=data)


def scan(*, keyring: Keyring, row: Attachment) -> bytes:
    """The joined file. Raises NoKey, CannotOpen."""
    keys = keyring.subject_keys([row.patient_id], Domain.BILLING)
    journal.record("fse.joined_opened", subject_id=row.patient_id, object_id=row.pk)
    return base64.b64decode(keys.open(row, "file")["scan"])


@transaction.atomic
def part(*, author: Person, attachment_id: int) -> Sheet:
    """Take a joined scan away again, before it leaves. Raises Refused."""
    row = Attachment.objects.select_for_update().select_related("sheet__claim").get(pk=attachment_id)
    sheet: Sheet = row.sheet
    signing.require_own(author, sheet.claim)
    if sheet.state not in (*states.TO_SIGN, "signed", "rejected"):
        raise Refused("Cette feuille est partie avec sa pièce.")
    row.delete()
    journal.record("fse.parted", subject_id=sheet.patient_id, object_id=sheet.pk)
    return sheet
