"""Files of the demonstration that have ended, or nearly: « Durées » has something to show, and one archive to find."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from serment.access.models import Person
from serment.patients.models import Patient
from serment.patients.services import create_patient
from serment.record import services as record
from serment.record.kinds.history import History
from serment.record.models import Entry
from serment.retention import clock, departures, holds, services
from serment.site.demo.people import identity
from serment.vault.keyring import Keyring

FIRST = 900
"""Numbers of these people, beyond the others' (`people.identity`)."""


def leave_some(keyring: Keyring, doctor: Person) -> None:
    """One file archived, one that leaves tonight, one held, one that leaves within the month, one within the year."""
    active = clock.rule().active_months
    days = (-200, -3, -30, 12, 150)
    made = [_last_seen(keyring, doctor, FIRST + rank, active, left) for rank, left in enumerate(days)]
    holds.place(author=doctor, reason="litigation", patient=made[2])
    departures.foresee()
    departures.prepare(keyring=keyring, author=doctor, ids=departures.waiting(keyring)[:3])
    due = next(due for due in clock.sweep() if due.patient_id == made[0].pk)
    services.archive(keyring=keyring, author=doctor, due=due)


def _last_seen(keyring: Keyring, doctor: Person, number: int, months: int, left: int) -> Patient:
    """A patient whose active time ends ``left`` days from now."""
    who, _ = identity(number, timezone.localdate())
    row = create_patient(
        keyring=keyring,
        author=doctor,
        identity=who.model_copy(update={"birth_date": date(1051 + number, 3, 14)}),
        circle_ids=[doctor.practitioner.circle_id],  # type: ignore[union-attr]
    )
    seen = timezone.now() - timedelta(days=months * 365.25 / 12 - left)
    entry = record.add_entry(
        keyring=keyring,
        author=doctor,
        patient_id=row.pk,
        kind="history",
        payload=History(side="surgical", text="Appendicectomie"),
        occurred_at=seen,
    )
    Entry.objects.filter(pk=entry.pk).update(created_at=seen)
    Patient.objects.filter(pk=row.pk).update(created_at=seen)
    return row
