"""Photos from a phone, without signing in: a QR code, one phone, ten minutes (P-DOC).

The code holds a secret in the fragment of an address, which a browser never sends and no log sees. It serves once: the
phone that shows it gets a token of its own. What the phone sends is sealed to the circle's public key, so that neither
the phone nor whoever takes it in can read anything; the practitioner's session opens it.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from serment.access.models import Person
from serment.documents import preview
from serment.journal import services as journal
from serment.patients import restrictions
from serment.record import antivirus, files
from serment.record.models import Capture, Entry, Photo
from serment.record.services import Refused
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.ids import decode, encode, new_id
from serment.vault.keyring import Keyring
from serment.vault.tenancy import all_practices, using_practice

LIFE = timedelta(minutes=10)
AT_MOST = 12
PICTURES = ("image/jpeg", "image/png")


class Ended(ValueError):
    """The code or the token opens nothing: wrong, used, or too old. French, and says no more than that."""

    def __init__(self) -> None:
        super().__init__("Ce code n’est plus valable\u00a0: demandez-en un autre sur l’ordinateur.")


def _hash(what: str, secret: str) -> str:
    return sha256(f"serment capture|{what}|{secret}".encode()).hexdigest()


def _new_secret() -> str:
    return urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


@transaction.atomic
def begin(*, author: Person, patient_id: int) -> tuple[Capture, str]:
    """Open ten minutes for one phone, ending those that the author had opened: (row, text of the code's fragment).

    Raises Refused, Frozen.
    """
    if author.practitioner is None or not author.can("record.write"):
        raise Refused("Seul un praticien reçoit des photos.")
    restrictions.require_free(patient_id)
    Capture.objects.filter(author_id=author.pk, expires_at__gt=timezone.now()).update(
        expires_at=timezone.now()
    )
    secret = _new_secret()
    row = Capture.objects.create(
        patient_id=patient_id,
        author_id=author.pk,
        circle_id=author.practitioner.circle_id,
        secret_hash=_hash("secret", secret),
        expires_at=timezone.now() + LIFE,
    )
    journal.record("record.capture_begun", subject_id=patient_id, object_id=row.pk)
    return row, f"{encode(row.pk)}.{secret}"


def _found(ticket: str) -> tuple[Capture, str]:
    """The row that a code or a token names, still open, whatever its practice. Raises Ended."""
    name, _, secret = ticket.partition(".")
    try:
        capture_id = decode(name)
    except ValueError:
        raise Ended from None
    with all_practices():
        row = Capture.unscoped.filter(pk=capture_id, expires_at__gt=timezone.now()).first()
    if row is None or not secret:
        raise Ended
    return row, secret


def enter(ticket: str) -> tuple[str, int]:
    """The code, once: (token, seconds left). Raises Ended."""
    row, secret = _found(ticket)
    if not hmac.compare_digest(row.secret_hash, _hash("secret", secret)):
        raise Ended
    token = _new_secret()
    with using_practice(row.practice_id), transaction.atomic(), journal.acting(None):
        # The condition makes it single: of two phones at the same moment, one gets in.
        if not Capture.objects.filter(pk=row.pk, token_hash="").update(token_hash=_hash("token", token)):
            raise Ended
        journal.record("record.capture_opened", subject_id=row.patient_id, object_id=row.pk)
    return f"{encode(row.pk)}.{token}", int((row.expires_at - timezone.now()).total_seconds())


def _by_token(ticket: str) -> Capture:
    row, token = _found(ticket)
    if not row.token_hash or not hmac.compare_digest(row.token_hash, _hash("token", token)):
        raise Ended
    return row


def require_token(ticket: str) -> None:
    """Raises Ended."""
    _by_token(ticket)


def receive(*, ticket: str, data: bytes) -> int:
    """Seal one photo; how many were sent. Raises Ended, Refused."""
    row = _by_token(ticket)
    if not data or len(data) > files.MAX_BYTES:
        raise Refused("Cette photo est vide ou trop lourde.")
    if files.media_type(data) not in PICTURES:
        raise Refused("Seules les photos JPEG ou PNG sont reçues.")
    antivirus.scan(data)
    with using_practice(row.practice_id), transaction.atomic(), journal.acting(None):
        Capture.objects.select_for_update().get(pk=row.pk)
        count = Photo.objects.filter(capture_id=row.pk).count()
        if count >= AT_MOST:
            raise Refused(f"{AT_MOST} photos au plus à la fois\u00a0: gardez celles-ci, puis recommencez.")
        photo = Photo(id=new_id(), practice_id=row.practice_id, capture=row, patient_id=row.patient_id)
        photo.domain_key_id, photo.sealed = custody.put_in(
            row.practice_id, Domain.CARE, row.circle_id, data, f"photo|{photo.pk}"
        )
        photo.save(force_insert=True)
        journal.record(
            "record.photo_received", subject_id=row.patient_id, object_id=row.pk, details={"count": count + 1}
        )
    return count + 1


def end(ticket: str) -> None:
    """The phone has finished. Raises Ended."""
    row = _by_token(ticket)
    with using_practice(row.practice_id):
        Capture.objects.filter(pk=row.pk).update(expires_at=timezone.now())


def waiting(*, author: Person, patient_id: int | None = None) -> QuerySet[Photo]:
    """Photos that someone asked for and has not kept yet, in the order they came."""
    rows = Photo.objects.filter(capture__author_id=author.pk)
    return (rows if patient_id is None else rows.filter(patient_id=patient_id)).order_by("received_at", "pk")


def opened(*, keyring: Keyring, photo: Photo) -> bytes:
    """The photo. Raises NoKey, CannotOpen."""
    return custody.take_out(keyring, photo.domain_key_id, bytes(photo.sealed), f"photo|{photo.pk}")


def keep(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    photo_ids: Iterable[int],
    title: str,
    kind: str,
    source: str,
    dated: date | None = None,
    entry_id: int | None = None,
) -> Entry:
    """The chosen photos as one document of the record: the photo itself, or a PDF of several.

    Raises Refused, NoKey, Frozen.
    """
    chosen = list(waiting(author=author, patient_id=patient_id).filter(pk__in=list(photo_ids)))
    if not chosen:
        raise Refused("Choisissez au moins une photo.")
    pictures = [opened(keyring=keyring, photo=photo) for photo in chosen]
    try:
        data = pictures[0] if len(pictures) == 1 else preview.joined(pictures)
    except preview.NoPreview as error:
        raise Refused("Une de ces photos ne se lit pas\u00a0: gardez-les une à une.") from error
    checked = files.check(data)
    with transaction.atomic():
        entry = files.keep_checked(
            keyring=keyring,
            author=author,
            patient_id=patient_id,
            checked=checked,
            title=title,
            kind=kind,
            source=source,
            dated=dated,
            entry_id=entry_id,
        )
        _drop(chosen)
    return entry


@transaction.atomic
def discard(*, author: Person, photo: Photo) -> None:
    """A photo that is not wanted: nothing of it is kept."""
    _drop([photo])
    journal.record("record.photo_discarded", subject_id=photo.patient_id, object_id=photo.capture_id)


def _drop(photos: Iterable[Photo]) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    Capture.objects.filter(expires_at__lte=timezone.now(), photos=None).delete()
