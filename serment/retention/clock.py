"""When each file leaves: from the last intervention, by the rule of the profile; no key is needed (R7.1-R7.5).

Reading a file is no intervention; writing in it, being received and being billed are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.patients.models import Patient, Restriction
from serment.privacy import profiles, register
from serment.privacy.rights import add_months
from serment.record.models import Entry
from serment.retention.models import Hold

RULE = "medical_record"
BATCH = 1000


@dataclass(frozen=True)
class Due:
    """A file whose active time is over. ``held``: why it must wait, empty when it may go."""

    patient_id: int
    last_on: date
    held: str = ""


def rule() -> profiles.RetentionRule:
    return profiles.load(register.settings_of_practice().profile).retention[RULE]


def horizon(today: date | None = None) -> date:
    """Files not touched since this day have ended their active time."""
    return add_months(today or timezone.localdate(), -rule().active_months)


def destroy_on(last_on: date, birth_date: date | None) -> date:
    """End of the archive: the rule's own term, later for who was a minor where the profile says so."""
    kept = rule()
    end = add_months(last_on, kept.active_months + kept.archive_months)
    until = profiles.load(register.settings_of_practice().profile).thresholds["minors_until_age"]
    return max(end, add_months(birth_date, 12 * until)) if until and birth_date else end


def sweep(today: date | None = None) -> Iterator[Due]:
    """Every file to archive, in bounded batches: six queries for a thousand files, whatever they hold."""
    limit, cursor = horizon(today), 0
    while True:
        batch = list(
            Patient.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", "created_at")[:BATCH]
        )
        if not batch:
            return
        cursor = batch[-1][0]
        last = last_interventions(batch)
        waiting = _waiting(batch[0][0], cursor)
        for patient_id, on in last.items():
            if on < limit:
                yield Due(patient_id, on, waiting.get(patient_id, ""))


@dataclass(frozen=True)
class Course:
    """What will become of one file: last intervention, archiving, destruction."""

    last_on: date
    archive_on: date
    destroy_on: date


def course(patient_id: int, created_at: datetime, birth_date: date | None) -> Course:
    """The clock of one patient's file, by the rule of the profile."""
    last = last_interventions([(patient_id, created_at)])[patient_id]
    return Course(last, add_months(last, rule().active_months), destroy_on(last, birth_date))


def last_interventions(batch: list[tuple[int, datetime]]) -> dict[int, date]:
    """Last intervention of some patients: (id, created at) in order of id."""
    first, end = batch[0][0], batch[-1][0]
    found = {pk: timezone.localtime(created).date() for pk, created in batch}
    span = {"patient_id__gte": first, "patient_id__lte": end}
    # A file taken over from another program begins long before its creation here: what it holds decides.
    held: dict[int, date] = {}
    for rows in (
        Entry.objects.filter(**span).values_list("patient_id").annotate(Max("occurred_at")),
        Appointment.objects.filter(**span, state="done").values_list("patient_id").annotate(Max("start")),
        Claim.objects.filter(**span).values_list("patient_id").annotate(Max("established_on")),
    ):
        for patient_id, moment in rows:
            on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
            held[patient_id] = max(on, held.get(patient_id, on))
    return found | {pk: on for pk, on in held.items() if pk in found}


def _waiting(first: int, end: int) -> dict[int, str]:
    """Why some files must wait: frozen by the patient, or held by the practice."""
    span = {"patient_id__gte": first, "patient_id__lte": end, "lifted_at": None}
    held = Hold.objects.filter(**span).values_list("patient_id", "reason")
    found = {pk: f"retenu : {Hold.Reason(reason).label}" for pk, reason in held if pk is not None}
    frozen = Restriction.objects.filter(kind=Restriction.Kind.LIMITATION, **span)
    return found | dict.fromkeys(
        frozen.values_list("patient_id", flat=True), "données gelées à la demande du patient"
    )
