"""The register of violations: 72 hours, CNIL content, people to inform (R6.28, articles 33 and 34)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.privacy.models import Breach
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

CLOCK = timedelta(hours=72)
TEXTS = ("facts", "consequences", "measures", "late_reason")
COLUMNS = (
    "known_at",
    "began_at",
    "natures",
    "reported_by",
    "risk",
    "persons",
    "records",
    "notified_at",
    "informed_at",
    "closed_at",
)


def deadline(row: Breach) -> datetime:
    return row.known_at + CLOCK


def is_late(row: Breach) -> bool:
    """Neither notified, nor judged without risk, when 72 hours have passed."""
    if row.notified_at or row.risk == Breach.Risk.NONE or row.closed_at:
        return False
    return timezone.now() > deadline(row)


def late_count() -> int:
    return sum(is_late(row) for row in Breach.objects.filter(closed_at=None))


@transaction.atomic
def save(*, keyring: Keyring, author: Person, data: dict[str, Any], row: Breach | None = None) -> Breach:
    """Declare or complete a violation. Raises NoKey."""
    new = row is None
    row = row or Breach(id=new_id(), practice_id=keyring.practice_id, author_id=author.pk)
    for name in COLUMNS:
        setattr(row, name, data[name])
    keys = keyring.subject_keys([row.practice_id], Domain.ADMIN)
    keys.seal(row, "facts", {name: data.get(name, "") for name in TEXTS})
    row.save(force_insert=new)
    journal.record("privacy.breach", object_id=row.pk, details={"new": new, "risk": row.risk})
    return row


def opened(keyring: Keyring, row: Breach) -> dict[str, str]:
    keys = keyring.subject_keys([row.practice_id], Domain.ADMIN)
    return dict(keys.open(row, "facts")) if row.facts else dict.fromkeys(TEXTS, "")
