"""The day on paper, left where the practice chose without anyone thinking of it (P-SAUV-4, E-SAUV-4).

The practice chooses one secret, sealed for whoever holds its `admin` keys and written on the sheet in the safe. From
then on a sign-in that has those keys leaves the sheets of today and of the next day in DEGRADED_DIR.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda import degraded
from serment.journal import services as journal
from serment.operations.models import SparePlan
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.tenancy import all_practices

STALE = 3600


@transaction.atomic
def choose(*, keyring: Keyring, author: Person, secret: str) -> None:
    """Keep the secret of the sheets to come; an empty one stops them. Raises WeakSecret, NoKey."""
    plan = SparePlan.objects.select_for_update().first() or SparePlan(practice_id=keyring.practice_id)
    if secret:
        degraded.require_strong(secret)
        keys = keyring.subject_keys([keyring.practice_id], Domain.ADMIN)
        keys.seal(plan, "secret", {"text": secret})
        plan.save()
    elif plan.made_at:
        plan.delete()
    journal.record("operations.spare_chosen", details={"on": bool(secret)})


def chosen() -> bool:
    return bool(SparePlan.objects.exists())


def days(today: date | None = None) -> list[date]:
    """Today and the next day that is not a Sunday."""
    first = today or timezone.localdate()
    after = first + timedelta(days=1)
    return [first, after if after.weekday() < 6 else after + timedelta(days=1)]


def at_arrival(person: Person, keyring: Keyring) -> None:
    """Leave what is missing or more than an hour old (`access.arrivals`)."""
    if not settings.DEGRADED_DIR or not person.can("agenda.view") or not keyring.holds(Domain.ADMIN):
        return
    plan = SparePlan.objects.first()
    wanted = [day for day in days() if _is_old(degraded.path_of(person.practice_id, day))] if plan else []
    if plan is None or not wanted:
        return
    secret = keyring.subject_keys([keyring.practice_id], Domain.ADMIN).open(plan, "secret")["text"]
    for day in wanted:
        sheet = degraded.sheet(keyring=keyring, practice=person.practice, on=day, secret=secret)
        degraded.leave(sheet, day)


def missing(day: date) -> int:
    """How many practices of this installation chose to have their sheet ready and have none for that day."""
    with all_practices():
        plans = list(SparePlan.unscoped.values_list("practice_id", flat=True))
    return sum(not degraded.path_of(practice_id, day).exists() for practice_id in plans)


def anyone() -> bool:
    """Whether a practice of this installation chose it."""
    with all_practices():
        return bool(SparePlan.unscoped.exists())


def _is_old(path: Path) -> bool:
    return not path.exists() or time.time() - path.stat().st_mtime > STALE
