"""What the agenda shows. Query counts do not depend on how many appointments there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, Q
from django.utils import timezone

from serment.agenda import clock, events
from serment.agenda.models import Absence, Appointment, AppointmentType, WorkingHours
from serment.agenda.payloads import AppointmentDetails
from serment.formats import dates
from serment.patients.selectors import PatientHit, names_of
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.keyring import Keyring
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice

State = Appointment.State
OPENS, CLOSES = "08:00", "20:00"
MOST_CHANGES = 500  # in one answer; the cursor given with it asks for the rest


_PRACTITIONERS = Prepared(
    lambda: Practitioner.objects.filter(active=True).order_by("family_name", "given_name")
)
_HOURS = Prepared(
    lambda: (
        WorkingHours.objects.filter(Q(valid_from=None) | Q(valid_from__lt=Slot("end", DateField())))
        .filter(Q(valid_to=None) | Q(valid_to__gte=Slot("start", DateField())))
        .order_by("weekday", "start")
        .values_list("practitioner_id", "weekday", "start", "end")
    )
)
_ABSENCES = Prepared(
    lambda: Absence.objects.filter(
        start__lt=Slot("last", DateTimeField()), end__gt=Slot("first", DateTimeField())
    ).order_by("start")
)


def practitioners() -> list[Practitioner]:
    """Those who receive, by name: one query."""
    return _PRACTITIONERS.all()


def types_for(practitioner_id: int | None = None) -> list[AppointmentType]:
    """Types on offer, of one practitioner or of all."""
    offered = AppointmentType.objects.filter(active=True).order_by("label")
    if practitioner_id is not None:
        offered = offered.filter(Q(practitioner=None) | Q(practitioner_id=practitioner_id))
    return list(offered)


def cursor() -> int:
    """Where the change feed stands: read it before the events it goes with. One look at the end of an index."""
    with connection.cursor() as asked:
        asked.execute(
            "SELECT MAX(changed_seq) FROM agenda_appointment WHERE practice_id = %s", [current_practice()]
        )
        return int(asked.fetchone()[0] or 0)


def week(
    *,
    keyring: Keyring,
    practitioners: Sequence[Practitioner],
    start: date,
    days: int = 7,
    editable: bool = True,
) -> dict[str, Any]:
    """The data island of the calendar: five queries, whatever the number of appointments.

    Cancelled appointments are left out (the day sheet and the patient's page list them).
    """
    since = cursor()
    first, last = clock.bounds(start, days)
    ids = [p.pk for p in practitioners]
    rows, names = events.read(keyring, events.between(ids), *ids, first, last)
    made = events.as_events(rows, names, events.types_by_id(), editable=editable)
    hours = _hours(ids, start, start + timedelta(days=days))
    opens, closes = _edges(hours, made)
    return {
        "start": start.isoformat(),
        "end": (start + timedelta(days=days)).isoformat(),
        "view": "day" if days == 1 else "week",
        "resources": [{"id": encode(p.pk), "title": p.display_name} for p in practitioners],
        "events": made,
        "hours": hours,
        "slotMinTime": opens,
        "slotMaxTime": closes,
        "background": _absences(ids, first, last),
        "cursor": since,
    }


def _hours(ids: list[int], start: date, end: date) -> dict[str, list[dict[str, Any]]]:
    """Working hours that hold at some time of the period. A practitioner without any is left out: always open."""
    found: dict[str, list[dict[str, Any]]] = {}
    for practitioner_id, weekday, opens, closes in _HOURS.all(start=start, end=end):
        if practitioner_id not in ids:
            continue
        found.setdefault(encode(practitioner_id), []).append(
            {"weekday": weekday, "start": f"{opens:%H:%M}", "end": f"{closes:%H:%M}"}
        )
    return found


def _edges(hours: dict[str, list[dict[str, Any]]], made: list[dict[str, Any]]) -> tuple[str, str]:
    """The first and last hours worth showing: those worked and those booked, whole hours."""
    spans = [i for intervals in hours.values() for i in intervals]
    opens = min([i["start"] for i in spans] or [OPENS])
    closes = max([i["end"] for i in spans] or [CLOSES])
    for event in made:
        opens = min(opens, event["start"][11:])
        closes = max(closes, event["end"][11:] if event["end"][:10] == event["start"][:10] else "24:00")
    hour, minute = int(closes[:2]), int(closes[3:])
    return f"{opens[:2]}:00", f"{min(24, hour + (minute > 0)):02d}:00"


def _absences(ids: list[int], first: datetime, last: datetime) -> list[dict[str, str]]:
    return [
        {
            "resourceId": encode(row.practitioner_id),
            "start": clock.wall(max(row.start, first)).isoformat()[:16],
            "end": clock.wall(min(row.end, last)).isoformat()[:16],
            "title": f"Absence : {row.get_reason_display()}",
        }
        for row in _ABSENCES.all(first=first, last=last)
        if row.practitioner_id in ids
    ]


def changes_since(
    *,
    keyring: Keyring,
    since: int,
    start: date,
    end: date,
    practitioner_ids: Iterable[int] | None = None,
    editable: bool = True,
) -> dict[str, Any] | None:
    """What changed after the cursor ``since``, for whoever shows the days from ``start`` to ``end`` (excluded).

    None when nothing did: one query. ``removed`` holds the changed appointments that are not, or no longer, shown.
    """
    rows, names = events.read(keyring, events.CHANGED, since, MOST_CHANGES)
    if not rows:
        return None
    wanted = None if practitioner_ids is None else set(practitioner_ids)
    first, last = (f"{clock.midnight(day).astimezone(UTC):%Y-%m-%d %H:%M}" for day in (start, end))
    shown, removed = [], []
    for row in rows:
        pk, practitioner_id, state, at = row[0], row[1], row[4], row[9]
        if first <= at < last and state != State.CANCELLED and (wanted is None or practitioner_id in wanted):
            shown.append(row)
        else:
            removed.append(encode(pk))
    made = events.as_events(shown, names, events.types_by_id() if shown else {}, editable=editable)
    return {"cursor": rows[-1][7], "events": made, "removed": removed}


@dataclass(frozen=True)
class Line:
    """An appointment in a list. ``patient`` is None for someone without a file: then ``name`` and ``phone``."""

    row: Appointment
    patient: PatientHit | None
    name: str
    phone: str
    note: str = ""

    @property
    def state_label(self) -> str:
        return str(self.row.get_state_display())

    @property
    def waited(self) -> int:
        """Minutes since the arrival, until the consultation began or until now. 0 before the arrival."""
        if self.row.arrived_at is None:
            return 0
        until = self.row.started_at or timezone.now()
        return max(0, int((until - self.row.arrived_at).total_seconds() // 60))

    @property
    def waited_text(self) -> str:
        return dates.minutes_text(self.waited)

    @property
    def late_text(self) -> str:
        return dates.minutes_text(self.late)

    @property
    def late(self) -> int:
        """Minutes that someone still in the waiting room has waited beyond their time."""
        if self.row.state != State.ARRIVED:
            return 0
        return max(0, int((timezone.now() - self.row.start).total_seconds() // 60))


def lines(*, keyring: Keyring, rows: Iterable[Appointment], notes: bool = False) -> list[Line]:
    """Open what a list shows of appointments: at most four queries. ``notes``: the administrative note as well."""
    rows = list(rows)
    hits = names_of(keyring=keyring, patient_ids={r.patient_id for r in rows if r.patient_id is not None})
    sealed = [r for r in rows if r.details is not None and (notes or r.patient_id is None)]
    keys = keyring.subject_keys({r.subject_id for r in sealed}, Domain.ADMIN) if sealed else None
    made = []
    for row in rows:
        details = AppointmentDetails()
        if keys is not None and row in sealed and row.subject_id in keys:
            details = keys.open(row, "details")
        hit = hits.get(row.patient_id) if row.patient_id is not None else None
        name = hit.display_name if hit else details.name or events.UNNAMED
        made.append(Line(row, hit, name, hit.phone if hit else details.phone, details.note))
    return made


def _listed() -> Any:
    return Appointment.objects.select_related("type", "practitioner").order_by("start", "pk")


def day(*, keyring: Keyring, practitioner_ids: Iterable[int], on: date) -> list[Line]:
    """One day's appointments, cancelled ones too, in order of time: five queries at most."""
    first, last = clock.bounds(on, 1)
    rows = _listed().filter(practitioner_id__in=list(practitioner_ids), start__gte=first, start__lt=last)
    return lines(keyring=keyring, rows=rows, notes=True)


@dataclass(frozen=True)
class WaitingRoom:
    """Who waits (longest first), who is with a practitioner, who is expected today."""

    waiting: list[Line]
    inside: list[Line]
    expected: list[Line]


def waiting_room(
    *, keyring: Keyring, practitioner_ids: Iterable[int] | None = None, on: date | None = None
) -> WaitingRoom:
    """Today's waiting room: five queries at most."""
    first, last = clock.bounds(on or timezone.localdate(), 1)
    rows = _listed().filter(
        start__gte=first, start__lt=last, state__in=[State.BOOKED, State.ARRIVED, State.IN_CONSULTATION]
    )
    if practitioner_ids is not None:
        rows = rows.filter(practitioner_id__in=list(practitioner_ids))
    found = lines(keyring=keyring, rows=rows)
    waiting = [x for x in found if x.row.state == State.ARRIVED]
    return WaitingRoom(
        waiting=sorted(waiting, key=lambda x: x.row.arrived_at or x.row.start),
        inside=[x for x in found if x.row.state == State.IN_CONSULTATION],
        expected=[x for x in found if x.row.state == State.BOOKED],
    )


def of_patient(*, patient_id: int, limit: int = 100) -> list[Appointment]:
    """A patient's appointments, the latest first: one query."""
    rows = Appointment.objects.filter(patient_id=patient_id).select_related("type", "practitioner")
    return list(rows.order_by("-start")[:limit])


def one(*, keyring: Keyring, appointment_id: int) -> Line:
    """An appointment as its panel shows it. Raises Appointment.DoesNotExist."""
    row = Appointment.objects.select_related("type", "practitioner").get(pk=appointment_id)
    return lines(keyring=keyring, rows=[row], notes=True)[0]
