"""Take a file into the record: its true type, its size, no virus, not twice; sealed in parts; read back (P-DOC)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from serment.access.models import Person
from serment.documents import preview
from serment.formats.labs import decoded
from serment.journal import services as journal
from serment.record import antivirus
from serment.record.kinds.document import Document
from serment.record.models import Entry, FilePart, Thumbnail
from serment.record.services import NewEntry, Refused, add_entries, patient_keys
from serment.vault.keyring import Keyring, SubjectKeys

PART = 1_000_000
MAX_BYTES = 15_000_000
TEXT = 60_000
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
# What no text holds, in UTF-8 or in the eight-bit pages that laboratories still write (VT and FS frame HL7, SUB ends
# a DOS file).
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1d-\x1f\x7f]")
NAMES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt"}
# A browser's own PDF reader refuses to start in a sandbox; it runs apart from the page's origin anyway.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SERVED_AS = {"text/plain": "text/plain; charset=utf-8"}


def media_type(data: bytes) -> str:
    """What the bytes are, whatever their name says. Raises Refused for anything but PDF, JPEG, PNG and plain text."""
    for mark, found in _MARKS:
        if data.startswith(mark):
            return found
    if data and not _CONTROL.search(data):
        return "text/plain"
    raise Refused("Ce fichier n’est ni un PDF, ni une photo (JPEG, PNG), ni un texte\u00a0: convertissez-le.")


def as_text(data: bytes) -> str:
    """A plain file in words, whatever its encoding."""
    return decoded(data)


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: what it is, and what can be seen of it."""

    data: bytes
    media_type: str
    text: str = ""
    pages: int = 0
    thumbnail: bytes = b""


def check(data: bytes) -> Checked:
    """Its size, its true type, the antivirus, then a look. Before any transaction: it takes time. Raises Refused."""
    if not data:
        raise Refused("Le fichier est vide.")
    if len(data) > MAX_BYTES:
        raise Refused(f"Le fichier dépasse {MAX_BYTES // 1_000_000}\u00a0Mo\u00a0: réduisez-le.")
    kind = media_type(data)
    antivirus.scan(data)
    if kind == "text/plain":
        return Checked(data, kind, as_text(data)[:TEXT])
    try:
        seen = preview.look(data, kind)
    except preview.NoPreview:
        return Checked(data, kind)
    return Checked(data, kind, seen.text.strip()[:TEXT], seen.pages, seen.thumbnail)


def _known(keys: SubjectKeys, patient_id: int, digest: str) -> Entry | None:
    """The document with these very bytes, within this patient only: nothing is compared across patients."""
    rows = Entry.objects.filter(patient_id=patient_id, kind="document", state=Entry.State.SIGNED)
    return next((row for row in rows if keys.open(row, "payload").get("digest") == digest), None)


def keep(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    data: bytes,
    title: str,
    kind: str,
    source: str,
    dated: date | None = None,
    entry_id: int | None = None,
    result_id: int | None = None,
    occurred_at: datetime | None = None,
) -> Entry:
    """Seal a file into a record; the same bytes again give the entry that holds them. Raises Refused, NoKey, Frozen.

    ``entry_id``: chosen by the page, so that it keeps one document however often it is sent. ``result_id``: the result
    whose original it is. ``occurred_at``: None for now.
    """
    checked = check(data)
    try:
        return keep_checked(
            keyring=keyring,
            author=author,
            patient_id=patient_id,
            checked=checked,
            title=title,
            kind=kind,
            source=source,
            dated=dated,
            entry_id=entry_id,
            result_id=result_id,
            occurred_at=occurred_at,
        )
    except IntegrityError:
        kept = Entry.objects.filter(pk=entry_id, patient_id=patient_id, kind="document").first()
        if kept is None:
            raise
        if patient_keys(keyring, patient_id).open(kept, "payload").get("digest") != sha256(checked.data):
            raise Refused("Cette page a déjà gardé un document\u00a0: ouvrez-en une nouvelle.") from None
        return kept


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@transaction.atomic
def keep_checked(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    checked: Checked,
    title: str,
    kind: str,
    source: str,
    dated: date | None = None,
    entry_id: int | None = None,
    result_id: int | None = None,
    occurred_at: datetime | None = None,
) -> Entry:
    """`keep`, of a file already looked at. Raises Refused, NoKey, Frozen."""
    keys = patient_keys(keyring, patient_id)
    digest = sha256(checked.data)
    known = _known(keys, patient_id, digest)
    if known is not None:
        return known
    document = Document(
        title=title,
        type=kind,  # type: ignore[arg-type]
        source=source,
        dated=dated,
        media_type=checked.media_type,
        size=len(checked.data),
        digest=digest,
        text=checked.text,
        pages=checked.pages,
        thumbnail=bool(checked.thumbnail),
        result_id=result_id,
    )
    [entry] = add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=[NewEntry("document", document, id=entry_id)],
        occurred_at=occurred_at,
    )
    _put_away(keys, entry, checked)
    return entry


def _put_away(keys: SubjectKeys, entry: Entry, checked: Checked) -> None:
    patient_id = entry.patient_id
    FilePart.objects.bulk_create(
        FilePart(
            patient_id=patient_id,
            practice_id=entry.practice_id,
            entry=entry,
            number=number,
            sealed=keys.seal_bytes(
                patient_id, f"file|{entry.pk}|{number}", checked.data[start : start + PART]
            ),
        )
        for number, start in enumerate(range(0, len(checked.data), PART))
    )
    if checked.thumbnail:
        Thumbnail.objects.create(
            patient_id=patient_id,
            entry=entry,
            sealed=keys.seal_bytes(patient_id, f"thumbnail|{entry.pk}", checked.thumbnail),
        )


def thumbnail(*, keyring: Keyring, entry: Entry) -> bytes:
    """The small picture of a document (JPEG), empty where there is none. Raises NoKey, CannotOpen."""
    keys = patient_keys(keyring, entry.patient_id)
    row = Thumbnail.objects.filter(entry_id=entry.pk).first()
    return keys.open_bytes(entry.patient_id, f"thumbnail|{entry.pk}", bytes(row.sealed)) if row else b""


def content(*, keyring: Keyring, entry: Entry, told: bool = True) -> tuple[bytes, Document]:
    """The bytes of a document and what is known of it; ``told`` writes the event.

    Raises NoKey, CannotOpen, Refused when a part is missing.
    """
    keys = patient_keys(keyring, entry.patient_id)
    known = Document.model_validate(keys.open(entry, "payload"))
    parts = FilePart.objects.filter(entry_id=entry.pk).order_by("number")
    data = b"".join(
        keys.open_bytes(entry.patient_id, f"file|{entry.pk}|{part.number}", bytes(part.sealed))
        for part in parts
    )
    if hashlib.sha256(data).hexdigest() != known.digest:
        raise Refused("Ce fichier est incomplet\u00a0: restaurez la sauvegarde, et prévenez le technicien.")
    if told:
        journal.record("record.file_opened", subject_id=entry.patient_id, object_id=entry.pk)
    return data, known


def as_response(data: bytes, media: str) -> HttpResponse:
    """The bytes for a browser, under a name that says nothing of the patient: it may show them, never run them."""
    if media == "text/plain":
        data = as_text(data).encode()
    response = HttpResponse(data, content_type=SERVED_AS.get(media, media))
    response["Content-Disposition"] = f'inline; filename="document.{NAMES.get(media, "bin")}"'
    response["Content-Security-Policy"] = POLICY if media == "application/pdf" else f"sandbox; {POLICY}"
    return response
