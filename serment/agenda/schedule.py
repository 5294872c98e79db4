"""Working hours, absences and types: what frames the appointments. One transaction, one journal event each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from serment.agenda.models import Absence, Appointment, AppointmentType, WorkingHours
from serment.agenda.refusals import Refused
from serment.journal import services as journal
from serment.practice.models import Practitioner

Interval = tuple[int, time, time]
"""Weekday (1 is Monday), opening, closing."""

STARTER_TYPES = (
    ("Consultation", 15, "#2f6f8f", False),
    ("Consultation longue", 30, "#6b4f9e", False),
    ("Visite à domicile", 30, "#3c7d3c", False),
    ("Sans rendez-vous", 15, "#b8651b", True),
)


@transaction.atomic
def set_hours(
    *,
    practitioner: Practitioner,
    intervals: Iterable[Interval],
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> list[WorkingHours]:
    """Replace the intervals of a practitioner that hold over exactly these dates (None: always).

    Raises Refused when one ends before it starts or two of a day overlap.
    """
    wanted = sorted(intervals)
    for weekday, start, end in wanted:
        if end <= start:
            raise Refused("L’heure de fin doit être après l’heure de début.")
        if any(
            w == weekday and s < end and start < e for w, s, e in wanted if (w, s, e) != (weekday, start, end)
        ):
            raise Refused("Deux plages du même jour se chevauchent.")
    WorkingHours.objects.filter(practitioner=practitioner, valid_from=valid_from, valid_to=valid_to).delete()
    rows = [
        WorkingHours(
            practice_id=practitioner.practice_id,
            practitioner=practitioner,
            weekday=weekday,
            start=start,
            end=end,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        for weekday, start, end in wanted
    ]
    WorkingHours.objects.bulk_create(rows)
    journal.record("agenda.hours", object_id=practitioner.pk, details={"intervals": len(rows)})
    return rows


@transaction.atomic
def add_absence(
    *, practitioner: Practitioner, start: datetime, end: datetime, reason: str
) -> tuple[Absence, int]:
    """A new absence, and how many appointments still stand within it. Raises Refused."""
    if end <= start:
        raise Refused("La fin de l’absence doit être après son début.")
    if reason not in Absence.Reason.values:
        raise Refused("Choisissez le motif de l’absence.")
    row = Absence(practitioner=practitioner, start=start, end=end, reason=reason)
    row.save()
    journal.record("agenda.absence", object_id=row.pk, details={"reason": reason, "added": True})
    standing = Appointment.objects.filter(practitioner=practitioner, start__lt=end, end__gt=start)
    return row, standing.exclude(state__in=Appointment.FREE).count()


@transaction.atomic
def remove_absence(*, absence_id: int) -> None:
    """Raises Absence.DoesNotExist."""
    row = Absence.objects.get(pk=absence_id)
    row.delete()
    journal.record("agenda.absence", object_id=absence_id, details={"reason": row.reason, "added": False})


@transaction.atomic
def save_type(*, row: AppointmentType, **values: Any) -> AppointmentType:
    """Create or change a type. Appointments already given keep their time and whether they hold their slot."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    journal.record("agenda.type", object_id=row.pk, details={"minutes": row.minutes, "active": row.active})
    return row


@transaction.atomic
def starter_types() -> list[AppointmentType]:
    """The types a practice begins with, once: nothing is added when there are some already."""
    found = list(AppointmentType.objects.all())
    if found:
        return found
    return [
        save_type(row=AppointmentType(), label=label, minutes=minutes, colour=colour, overlaps_allowed=over)
        for label, minutes, colour, over in STARTER_TYPES
    ]


@transaction.atomic
def create_defaults(*, practitioner: Practitioner) -> None:
    """What lets a new practice give appointments at once: the starter types, and usual hours for who has none."""
    starter_types()
    if not WorkingHours.objects.filter(practitioner=practitioner).exists():
        set_hours(
            practitioner=practitioner,
            intervals=[
                (weekday, opens, closes)
                for weekday in range(1, 6)
                for opens, closes in ((time(8, 30), time(12)), (time(14), time(18, 30)))
            ],
        )
