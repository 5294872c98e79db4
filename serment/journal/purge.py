"""End of the journal's own term: the oldest events go, a seal keeps the chain provable (E-TRAC-4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from serment.journal import services as journal
from serment.journal.models import Event, Seal
from serment.vault.tenancy import current_practice

BATCH = 10_000


@transaction.atomic
def purge(before: datetime) -> int:
    """Delete up to `BATCH` of the events older than ``before``, from the first; gives how many went.

    The whole chain is proven first: a purge must never bury a tampering. Raises Unsound when it does not hold.
    Call again until it gives 0.
    """
    practice_id = current_practice()
    first = Event.objects.order_by("seq").values_list("seq", flat=True).first()
    kept = Event.objects.filter(at__gte=before).order_by("seq").values_list("seq", flat=True).first()
    if first is None:
        return 0
    newest = Event.objects.order_by("-seq").values_list("seq", flat=True)[0]
    end = min((kept or newest) - 1, first + BATCH - 1)
    if end < first:
        return 0
    verdict = journal.verify(practice_id)
    if not verdict.sound:
        raise Unsound(verdict)
    last = Event.objects.get(seq=end)
    going = Event.objects.filter(seq__lte=end)
    count = going.count()
    Seal.objects.create(practice_id=practice_id, through_seq=end, digest=bytes(last.digest), events=count)
    journal.record(
        "journal.purged", details={"through": end, "digest": bytes(last.digest).hex(), "events": count}
    )
    going.delete()
    return count


class Unsound(Exception):
    """The chain does not hold: nothing may be purged before someone has looked. Carries the `Verdict`."""

    def __init__(self, verdict: journal.Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict
