"""Give, move and follow appointments. Each verb: one transaction, one journal event, one version more.

The journal event comes first: its number orders the changes of a practice (`Appointment.changed_seq`), and taking it
holds the practice's journal head, so changes commit in the order of their numbers and the feed misses none. No other
lock is taken, so nothing can wait in a circle: two writers of one appointment are told apart by its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda import clock, overlap
from serment.agenda.models import Appointment, AppointmentType
from serment.agenda.payloads import AppointmentDetails
from serment.agenda.refusals import ChangedMeanwhile, Refused, SlotTaken
from serment.agenda.schedule import create_defaults
from serment.journal import services as journal
from serment.patients import restrictions
from serment.patients.models import Patient
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey

__all__ = [
    "ChangedMeanwhile",
    "Refused",
    "SlotTaken",
    "book",
    "change",
    "create_defaults",
    "finish",
    "move",
    "set_state",
    "start",
    "undo",
]

State = Appointment.State
LONGEST = timedelta(hours=12)

# State → the states it may lead to. Undoing is `undo`.
NEXT = {
    State.BOOKED: (State.ARRIVED, State.IN_CONSULTATION, State.DONE, State.MISSED, State.CANCELLED),
    State.ARRIVED: (State.IN_CONSULTATION, State.DONE, State.MISSED, State.CANCELLED),
    State.IN_CONSULTATION: (State.DONE,),
    State.DONE: (),
    State.MISSED: (State.ARRIVED,),
    State.CANCELLED: (),
}
_ACTIONS = {
    State.ARRIVED: "agenda.arrived",
    State.IN_CONSULTATION: "agenda.started",
    State.DONE: "agenda.finished",
    State.MISSED: "agenda.missed",
    State.CANCELLED: "agenda.cancelled",
}
MOVABLE = (State.BOOKED, State.ARRIVED)


def book(
    *,
    keyring: Keyring,
    author: Person,
    practitioner: Practitioner,
    type: AppointmentType,
    start: datetime,
    end: datetime | None = None,
    patient_id: int | None = None,
    name: str = "",
    phone: str = "",
    note: str = "",
    home_visit: bool = False,
) -> Appointment:
    """Give an appointment to a patient, or to ``name`` and ``phone`` of someone who has no file yet.

    ``end`` defaults to the length of the type. Raises SlotTaken, Refused, NoKey.
    """
    if patient_id is None and not name.strip():
        raise Refused("Choisissez un patient, ou donnez le nom de la personne.")
    _check_patient(patient_id)
    row = Appointment(
        id=new_id(),
        practice_id=keyring.practice_id,
        practitioner_id=practitioner.pk,
        patient_id=patient_id,
        type_id=type.pk,
        start=_minute(start),
        end=_minute(end) if end else _minute(start) + timedelta(minutes=type.minutes),
        exclusive=not type.overlaps_allowed,
        home_visit=home_visit,
        created_by=author.pk,
    )
    _check_length(row)
    details = AppointmentDetails(
        note=note.strip(),
        name="" if patient_id else name.strip(),
        phone="" if patient_id else phone.strip(),
    )
    _seal(keyring, row, details)
    with _writing() as touched:
        touched.append(row)
        row.changed_seq = journal.record(
            "agenda.booked",
            subject_id=patient_id,
            object_id=row.pk,
            details={"practitioner": practitioner.pk, "type": type.pk, "start": row.start.isoformat()},
        )
        row.save(force_insert=True)
    return row


def move(
    *,
    appointment_id: int,
    version: int,
    start: datetime,
    end: datetime,
    practitioner: Practitioner | None = None,
) -> Appointment:
    """Move, resize or hand over to another practitioner. Raises SlotTaken, ChangedMeanwhile, Refused."""
    start, end = _minute(start), _minute(end)
    with _writing() as touched:
        row = _take(touched, appointment_id, version)
        if row.state not in MOVABLE:
            raise Refused(f"Ce rendez-vous est {row.get_state_display()} : il ne peut plus être déplacé.")
        before = (row.start, row.end, row.practitioner_id)
        row.start, row.end = start, end
        if practitioner is not None:
            row.practitioner_id = practitioner.pk
        if before == (row.start, row.end, row.practitioner_id):
            return row
        _check_length(row)
        _write(row, "agenda.moved", {"from": before[0].isoformat(), "to": start.isoformat()})
    return row


def change(
    *,
    keyring: Keyring,
    appointment_id: int,
    version: int,
    type: AppointmentType,
    start: datetime,
    end: datetime,
    practitioner: Practitioner,
    home_visit: bool,
    note: str,
    patient_id: int | None = None,
    name: str = "",
    phone: str = "",
) -> Appointment:
    """Everything the panel can edit. A patient given to an appointment without one seals its note again for them.

    Raises SlotTaken, ChangedMeanwhile, Refused, NoKey.
    """
    with _writing() as touched:
        row = _take(touched, appointment_id, version)
        moved = (row.start, row.end, row.practitioner_id) != (_minute(start), _minute(end), practitioner.pk)
        if moved and row.state not in MOVABLE:
            raise Refused(f"Ce rendez-vous est {row.get_state_display()} : il ne peut plus être déplacé.")
        row.start, row.end, row.practitioner_id = _minute(start), _minute(end), practitioner.pk
        row.type_id, row.exclusive, row.home_visit = type.pk, not type.overlaps_allowed, home_visit
        _check_patient(patient_id)
        row.patient_id = patient_id or row.patient_id
        if row.patient_id is None and not name.strip():
            raise Refused("Choisissez un patient, ou donnez le nom de la personne.")
        _check_length(row)
        details = AppointmentDetails(note=note.strip())
        if row.patient_id is None:
            details = AppointmentDetails(note=note.strip(), name=name.strip(), phone=phone.strip())
        row.details = None
        _seal(keyring, row, details)
        _write(row, "agenda.moved" if moved else "agenda.changed", {"to": row.start.isoformat()})
    return row


def set_state(*, appointment_id: int, version: int | None, state: str, reason: str = "") -> Appointment:
    """Arrive, start, finish, miss or cancel (a cancellation takes a reason code).

    ``version`` None: whatever it is now (a room above closing its consultation). Asking for the state that holds
    already changes nothing. Raises ChangedMeanwhile, Refused.
    """
    target = State(state)
    with _writing() as touched:
        row = _take(touched, appointment_id, version)
        if row.state == target:
            return row
        if target not in NEXT[State(row.state)]:
            raise Refused(f"Ce rendez-vous est {row.get_state_display()} : cette étape n’est plus possible.")
        if target == State.CANCELLED:
            if reason not in Appointment.CancelReason.values:
                raise Refused("Choisissez la raison de l’annulation.")
            row.cancel_reason = reason
        before, row.state, now = row.state, target, timezone.now()
        if target == State.ARRIVED:
            row.arrived_at = now
        elif target == State.IN_CONSULTATION:
            row.started_at = now
        elif target == State.DONE:
            row.done_at = now
        _write(row, _ACTIONS[target], {"from": before, **({"reason": reason} if reason else {})})
    return row


def undo(*, appointment_id: int, version: int) -> Appointment:
    """Back to the state before. Raises SlotTaken (the slot was given meanwhile), ChangedMeanwhile, Refused."""
    with _writing() as touched:
        row = _take(touched, appointment_id, version)
        before = row.state
        if before == State.BOOKED:
            raise Refused("Il n’y a rien à annuler : ce rendez-vous est prévu.")
        if before == State.DONE and row.started_at:
            row.state = State.IN_CONSULTATION
        elif before != State.ARRIVED and row.arrived_at:
            row.state = State.ARRIVED
        else:
            row.state = State.BOOKED
        row.cancel_reason, row.done_at = "", None
        if row.state != State.IN_CONSULTATION:
            row.started_at = None
        if row.state == State.BOOKED:
            row.arrived_at = None
        _write(row, "agenda.restored", {"from": before, "to": row.state})
    return row


def start(*, appointment_id: int) -> Appointment:
    """The patient is in the consulting room; nothing changes if they already are."""
    return set_state(appointment_id=appointment_id, version=None, state=State.IN_CONSULTATION)


def finish(*, appointment_id: int) -> Appointment:
    """For the record, when a consultation is closed; nothing changes if the appointment is done already."""
    return set_state(appointment_id=appointment_id, version=None, state=State.DONE)


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _check_patient(patient_id: int | None) -> None:
    if patient_id is not None and not Patient.objects.filter(pk=patient_id).exists():
        raise Refused("Ce patient n’existe pas dans ce cabinet.")
    restrictions.require_free(patient_id)


def _check_length(row: Appointment) -> None:
    if row.end <= row.start:
        raise Refused("La fin du rendez-vous doit être après son début.")
    if row.end - row.start > LONGEST:
        raise Refused("Un rendez-vous ne dure pas plus de 12 heures : inscrivez plutôt une absence.")


def _take(touched: list[Appointment], appointment_id: int, version: int | None) -> Appointment:
    """The row as it is now. Raises ChangedMeanwhile for another version; `_write` looks again as it writes."""
    row = Appointment.objects.get(pk=appointment_id)
    touched.append(row)
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    return row


def _write(row: Appointment, action: str, details: dict[str, Any]) -> None:
    row.changed_seq = journal.record(action, subject_id=row.patient_id, object_id=row.pk, details=details)
    held, row.version = row.version, row.version + 1
    columns = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    if not Appointment.objects.filter(pk=row.pk, version=held).update(**columns):
        raise ChangedMeanwhile


def _seal(keyring: Keyring, row: Appointment, details: AppointmentDetails) -> None:
    if details == AppointmentDetails():
        return
    keys = keyring.subject_keys([row.subject_id], Domain.ADMIN)
    if row.subject_id not in keys:
        raise NoKey("no admin key for this patient")
    keys.seal(row, "details", details)


@contextmanager
def _writing() -> Iterator[list[Appointment]]:
    """One transaction; the database's refusal of an overlap becomes SlotTaken. The block appends its row."""
    touched: list[Appointment] = []
    try:
        with transaction.atomic():
            yield touched
    except IntegrityError as error:
        if not overlap.is_overlap(error):
            raise
        raise SlotTaken(_taken_message(touched[0])) from error


def _taken_message(row: Appointment) -> str:
    held = (
        Appointment.objects.filter(
            practitioner_id=row.practitioner_id, start__lt=row.end, end__gt=row.start, exclusive=True
        )
        .filter(start__gt=row.start - timedelta(days=1))
        .exclude(state__in=Appointment.FREE)
        .exclude(pk=row.pk)
        .select_related("type", "practitioner")
        .order_by("start")
        .first()
    )
    if held is None:
        return "Ce créneau vient d’être pris par un autre rendez-vous. Choisissez-en un autre."
    return (
        f"Ce créneau est déjà pris : {clock.span(held.start, held.end)}, {held.type.label}, "
        f"{held.practitioner.display_name}. Rien n’a été changé."
    )
