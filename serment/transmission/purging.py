"""The three months of the electronic doubles (R7.7): the files leave, the amounts stay with the claims."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from serment.transmission.models import Attachment, Lot, Return, Sheet

WAITING = ("rejected", "corrected", "part_paid")
"""A double whose sheet is still argued about is kept until that ends."""


def kept_lots(held: Collection[int] = ()) -> set[int]:
    """Lots that a sheet to treat, or a patient's motivated hold, keeps."""
    rows = Sheet.objects.exclude(lot=None)
    kept = set(rows.filter(state__in=WAITING).values_list("lot_id", flat=True))
    return kept | set(rows.filter(claim__patient_id__in=held).values_list("lot_id", flat=True))


def _ended(before: date, held: Collection[int]) -> tuple[QuerySet[Lot], QuerySet[Return]]:
    """Files whose three months are over, but those that something keeps."""
    lots = Lot.objects.filter(acknowledged_at__date__lt=before, file__isnull=False)
    returns = Return.objects.filter(received_at__date__lt=before, file__isnull=False)
    if held:
        returns = returns.exclude(lines__sheet__claim__patient_id__in=held)
    return lots.exclude(pk__in=kept_lots(held)), returns


def doubles_before(before: date, held: Collection[int] = ()) -> int:
    """How many files `purge_doubles` would empty."""
    return sum(found.count() for found in _ended(before, held))


def purge_doubles(before: date, held: Collection[int] = ()) -> int:
    """Empty the files whose three months are over, the engine's seals and the joined scans with them.

    ``held``: patients whose data a motivated hold, or a limitation, keeps. Gives how many files were emptied.
    """
    lots, returns = _ended(before, held)
    count = lots.update(file=None)
    count += Return.objects.filter(pk__in=list(returns.values_list("pk", flat=True))).update(file=None)
    ended = Sheet.objects.filter(signed_at__date__lt=before).exclude(state__in=(*WAITING, "signed", "in_lot"))
    ended = ended.exclude(claim__patient_id__in=held)
    Attachment.objects.filter(sheet__in=ended).delete()
    ended.filter(seal__isnull=False).update(seal=None)
    return count
