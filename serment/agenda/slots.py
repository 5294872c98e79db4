"""When a practitioner is free, and what to say of a time when they are not at work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q

from serment.agenda import clock
from serment.agenda.models import Absence, Appointment, AppointmentType, WorkingHours
from serment.formats import dates
from serment.practice.models import Practitioner

HORIZON_DAYS = 90
STEP = timedelta(minutes=5)
Span = tuple[datetime, datetime]


def free_slots(
    *, practitioner: Practitioner, type: AppointmentType, since: datetime, n: int = 5
) -> list[datetime]:
    """The next ``n`` starts at which an appointment of this type fits, within 90 days: three queries.

    Slots begin on a multiple of five minutes, follow the working hours, and avoid absences and appointments. A
    practitioner without working hours has no slot to offer.
    """
    since = since.astimezone(UTC)
    first = clock.wall(since).date()
    hours = list(WorkingHours.objects.filter(practitioner=practitioner).order_by("start"))
    last = clock.midnight(first + timedelta(days=HORIZON_DAYS))
    absences = Absence.objects.filter(practitioner=practitioner, start__lt=last, end__gt=since)
    booked = Appointment.objects.filter(
        practitioner=practitioner, start__lt=last, start__gt=since - timedelta(days=1), end__gt=since
    ).exclude(state__in=Appointment.FREE)
    busy: list[Span] = list(absences.values_list("start", "end"))
    if not type.overlaps_allowed:
        busy += booked.filter(exclusive=True).values_list("start", "end")
    busy.sort()
    length, found = timedelta(minutes=type.minutes), []
    for start in _starts(_open(hours, first), busy, since, length):
        found.append(start)
        if len(found) == n:
            break
    return found


def _open(hours: list[WorkingHours], first: date) -> Iterator[Span]:
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        for interval in hours:
            if interval.weekday == day.isoweekday() and _holds(interval, day):
                try:
                    yield clock.instant(day, interval.start), clock.instant(day, interval.end)
                except clock.NoSuchTime:
                    continue


def _holds(interval: WorkingHours, day: date) -> bool:
    return (interval.valid_from is None or interval.valid_from <= day) and (
        interval.valid_to is None or day <= interval.valid_to
    )


def _starts(
    spans: Iterator[Span], busy: list[Span], since: datetime, length: timedelta
) -> Iterator[datetime]:
    for opens, closes in spans:
        start = max(opens, _rounded(since))
        while start + length <= closes:
            until = max((e for s, e in busy if s < start + length and e > start), default=None)
            if until is None:
                yield start
                start += length
            else:
                start = _rounded(until)


def _rounded(moment: datetime) -> datetime:
    """Up to the next multiple of five minutes."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment + STEP - over if over else moment


def warnings_for(*, practitioner: Practitioner, start: datetime, end: datetime) -> list[str]:
    """What to point out before giving this time: an absence, or outside of working hours. Two queries."""
    found = []
    absence = Absence.objects.filter(practitioner=practitioner, start__lt=end, end__gt=start).first()
    if absence is not None:
        found.append(
            f"{practitioner.display_name} est absent à ce moment ({absence.get_reason_display()}, "
            f"jusqu’au {dates.short(clock.wall(absence.end))})."
        )
    hours = list(
        WorkingHours.objects.filter(practitioner=practitioner).filter(
            Q(valid_to=None) | Q(valid_to__gte=clock.wall(start).date())
        )
    )
    if hours and not _within(hours, start, end):
        found.append(f"Ce rendez-vous sort des horaires de {practitioner.display_name}.")
    return found


def _within(hours: list[WorkingHours], start: datetime, end: datetime) -> bool:
    first, last = clock.wall(start), clock.wall(end)
    if first.date() != last.date():
        return False
    return any(
        h.weekday == first.isoweekday()
        and _holds(h, first.date())
        and h.start <= first.time()
        and last.time() <= h.end
        for h in hours
    )
