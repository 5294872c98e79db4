"""Lots on their way: sent with retries, at least once, known by their message; a stop anywhere loses nothing."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import channels, lots
from serment.transmission.insured import Refused
from serment.transmission.models import Attachment, Lot, Sheet
from serment.transmission.story import move_all
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

BACK_OFF = (1, 5, 15, 60, 240)
"""Minutes before the second try, the third, and so on; the last one then repeats."""
RESEND_AFTER = timedelta(days=2)
"""A lot sent and not acknowledged may be sent again after this."""


def waiting(practitioner_id: int | None = None) -> QuerySet[Lot]:
    """Lots that are still to be sent."""
    rows = Lot.objects.filter(state=Lot.State.PREPARED)
    return rows.filter(practitioner_id=practitioner_id) if practitioner_id else rows


def due(practitioner_id: int | None = None) -> QuerySet[Lot]:
    """Of those, the ones whose time has come."""
    return waiting(practitioner_id).filter(Q(next_try_at=None) | Q(next_try_at__lte=timezone.now()))


def send(*, keyring: Keyring, author: Person | None, practice: Practice, lot_id: int) -> Lot:
    """Deposit a lot and note what became of it. Raises Refused (nothing is lost: try again), NoKey.

    The deposit comes first and is known by its message: stopped between the two, sending again changes nothing there.
    """
    lot = Lot.objects.select_related("practitioner").get(pk=lot_id)
    lots.require_own(author, [lot])
    again = lot.state == Lot.State.SENT and lot.sent_at and lot.sent_at < timezone.now() - RESEND_AFTER
    if lot.state not in (Lot.State.PREPARED, Lot.State.REFUSED) and not again:
        return lot
    raw = lots.content(keyring, lot)
    way = channels.of(practice, keyring)
    Lot.objects.filter(pk=lot.pk).update(tries=lot.tries + 1)
    try:
        acknowledged = way.send(lot, raw, joined(keyring, lot))
    except channels.Later as error:
        wait = timedelta(minutes=BACK_OFF[min(lot.tries, len(BACK_OFF) - 1)])
        Lot.objects.filter(pk=lot.pk).update(trouble=str(error)[:120], next_try_at=timezone.now() + wait)
        raise Refused(
            f"{error}\u00a0: le lot est gardé, prochain essai dans {wait.seconds // 60} min."
        ) from error
    except channels.Never as error:
        _refused(lot.pk, str(error))
        raise Refused(
            f"{error}. Le lot est gardé\u00a0: corrigez, puis renvoyez-le ou défaites-le."
        ) from error
    found = _sent(lot.pk, author)
    return acknowledge(lot_id=found.pk, author=author) if acknowledged else found


def joined(keyring: Keyring, lot: Lot) -> list[tuple[str, bytes]]:
    """Scanned prescriptions of the lot's sheets (SCOR): (media type, bytes). Never for a complementary body."""
    if lot.part == Sheet.Part.AMC:
        return []
    rows = list(Attachment.objects.filter(sheet__lot=lot).select_related("sheet__claim").order_by("pk"))
    keys = keyring.subject_keys({row.patient_id for row in rows}, Domain.BILLING) if rows else None
    return [(row.media, base64.b64decode(keys.open(row, "file")["scan"])) for row in rows if keys]


def _told(action: str, lot: Lot) -> str:
    """The journal says when a simulator did it."""
    return f"{action}_simulated" if lot.simulated else action


@transaction.atomic
def _sent(lot_id: int, author: Person | None) -> Lot:
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    if lot.state in (Lot.State.PREPARED, Lot.State.REFUSED):
        lot.state, lot.sent_at, lot.trouble, lot.next_try_at = Lot.State.SENT, timezone.now(), "", None
        lot.save(update_fields=["state", "sent_at", "trouble", "next_try_at"])
        move_all(Sheet.objects.filter(lot=lot, state="in_lot").select_related("claim"), "sent", author)
        journal.record(_told("fse.sent", lot), object_id=lot.pk, details={"sheets": lot.sheets_count})
    return lot


@transaction.atomic
def _refused(lot_id: int, why: str) -> Lot:
    """The network will not have it. A lot sent before may have been received then: it stays sent, and says why."""
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    lot.trouble = why[:120]
    if lot.state == Lot.State.PREPARED:
        lot.state, lot.next_try_at = Lot.State.REFUSED, None
    lot.save(update_fields=["state", "trouble", "next_try_at"])
    journal.record(_told("fse.refused", lot), object_id=lot.pk, details={"state": lot.state})
    return lot


@transaction.atomic
def acknowledge(*, lot_id: int, author: Person | None) -> Lot:
    """The recipient says that it has the lot. Twice is once."""
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    if lot.state in (Lot.State.PREPARED, Lot.State.SENT):
        if lot.state == Lot.State.PREPARED:
            lot = _sent(lot_id, author)
        lot.state, lot.acknowledged_at = Lot.State.ACKNOWLEDGED, timezone.now()
        lot.save(update_fields=["state", "acknowledged_at"])
        move_all(Sheet.objects.filter(lot=lot, state="sent").select_related("claim"), "acknowledged", author)
        journal.record(_told("fse.acknowledged", lot), object_id=lot.pk)
    return lot


@transaction.atomic
def bounced(*, lot_id: int) -> Lot:
    """A delivery report says that the lot did not arrive: it may be sent again, or taken apart."""
    lot: Lot = Lot.objects.select_for_update().get(pk=lot_id)
    if lot.state == Lot.State.SENT:
        lot.state, lot.trouble = Lot.State.REFUSED, "le serveur du destinataire n’a pas pris le lot"
        lot.save(update_fields=["state", "trouble"])
        move_all(
            Sheet.objects.filter(lot=lot, state="sent").select_related("claim"), "in_lot", None, "bounced"
        )
        journal.record("fse.bounced", object_id=lot.pk)
    return lot


@dataclass(frozen=True)
class Progress:
    """Where a departure stands, in sheets; read from the rows, so a reload or another person sees the same."""

    to_lot: int
    to_send: int
    gone: int
    lots: int
    stuck: int

    @property
    def left(self) -> int:
        return self.to_lot + self.to_send

    @property
    def percent(self) -> int:
        return 100 * self.gone // (self.gone + self.left) if self.gone + self.left else 100


def progress(practitioner_id: int | None = None) -> Progress:
    """Three queries. ``gone``: sent since midnight; ``stuck``: lots refused, or waiting for their next try."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    rows = waiting(practitioner_id)
    gone = Lot.objects.filter(sent_at__gte=midnight)
    if practitioner_id:
        gone = gone.filter(practitioner_id=practitioner_id)
    own = list(rows.values_list("sheets_count", "next_try_at"))
    refused = Lot.objects.filter(state=Lot.State.REFUSED)
    if practitioner_id:
        refused = refused.filter(practitioner_id=practitioner_id)
    return Progress(
        to_lot=lots.ready(practitioner_id).count(),
        to_send=sum(count for count, _ in own),
        gone=gone.aggregate(sum=Sum("sheets_count"))["sum"] or 0,
        lots=len(own),
        stuck=sum(bool(at and at > timezone.now()) for _, at in own) + refused.count(),
    )


def step(*, keyring: Keyring, author: Person | None, practice: Practice) -> bool:
    """One bounded piece of a departure: a lot sent, or some sheets put in lots. False when nothing is left to do.

    Raises Refused for a lot that did not go (the next step takes the next one), or where nothing carries lots.
    """
    own = author.practitioner_id if author else None
    channels.of(practice, keyring)
    lot = due(own).order_by("number").first()
    if lot is not None:
        send(keyring=keyring, author=author, practice=practice, lot_id=lot.pk)
        return True
    return bool(lots.prepare(keyring=keyring, author=author, practice=practice, limit=lots.LOT_SIZE))


def send_due(*, keyring: Keyring, author: Person | None, practice: Practice) -> tuple[int, list[str]]:
    """All that can be done now: (sheets gone, troubles). Raises Refused where nothing carries lots, NoKey."""
    own = author.practitioner_id if author else None
    channels.of(practice, keyring)
    while lots.prepare(keyring=keyring, author=author, practice=practice, limit=lots.LOT_SIZE):
        pass
    gone, troubles = 0, []
    for lot_id in list(due(own).order_by("number").values_list("pk", flat=True)):
        try:
            lot = send(keyring=keyring, author=author, practice=practice, lot_id=lot_id)
            gone += lot.sheets_count
        except Refused as error:
            troubles.append(str(error))
    return gone, troubles
