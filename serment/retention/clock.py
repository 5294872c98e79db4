"""When each file leaves: from the last intervention, by the rule of the profile; no key is needed (R7.1-R7.5).

Reading a file is no intervention; writing in it, being received and being billed are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.patients.models import Patient, Restriction
from serment.privacy import profiles, register
from serment.privacy.rights import add_months
from serment.record import moments
from serment.record.models import Entry
from serment.retention.models import Hold
from serment.vault.prepared import Prepared, Slot

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


@dataclass(frozen=True)
class Terms:
    """The rule of the profile, read once for any number of files: months active, months archived, age of minors."""

    active: int
    archived: int
    minors_until: int

    def leaves_on(self, last_on: date) -> date:
        """First day on which a file last touched on this one is out of its active time."""
        return add_months(last_on, self.active) + timedelta(days=1)

    def archive_end(self, last_on: date) -> date:
        """End of the archive by the rule's own term."""
        return add_months(last_on, self.active + self.archived)

    def of_age_on(self, birth_date: date | None) -> date | None:
        """Day until which the file of who was a minor is kept; None where the profile says nothing."""
        return add_months(birth_date, 12 * self.minors_until) if self.minors_until and birth_date else None

    def destroy_on(self, last_on: date, birth_date: date | None) -> date:
        """End of the archive, later for who was a minor where the profile says so."""
        end = self.archive_end(last_on)
        return max(end, self.of_age_on(birth_date) or end)


def terms() -> Terms:
    """One query."""
    profile = profiles.load(register.settings_of_practice().profile)
    kept = profile.retention[RULE]
    return Terms(kept.active_months, kept.archive_months, profile.thresholds["minors_until_age"])


def batches() -> Iterator[list[tuple[int, datetime]]]:
    """Every file of the practice, a thousand at a time: (id, created at) in order of id."""
    cursor = 0
    while batch := list(
        Patient.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", "created_at")[:BATCH]
    ):
        yield batch
        cursor = batch[-1][0]


def sweep(today: date | None = None) -> Iterator[Due]:
    """Every file to archive, in bounded batches: six queries for a thousand files, whatever they hold."""
    limit = horizon(today)
    for batch in batches():
        waits = waiting(patient_id__gte=batch[0][0], patient_id__lte=batch[-1][0])
        for patient_id, on in last_interventions(batch).items():
            if on < limit:
                yield Due(patient_id, on, waits.get(patient_id, ""))


@dataclass(frozen=True)
class Course:
    """What will become of one file: last intervention, archiving, destruction."""

    last_on: date
    archive_on: date
    destroy_on: date


def course(patient_id: int, created_at: datetime, birth_date: date | None) -> Course:
    """The clock of one patient's file, by the rule of the profile."""
    last = last_interventions([(patient_id, created_at)])[patient_id]
    kept = terms()
    return Course(last, kept.leaves_on(last), kept.destroy_on(last, birth_date))


_SPAN = {"patient_id__gte": Slot("first"), "patient_id__lte": Slot("end")}
_TOUCHED = (
    Prepared(
        lambda: (
            Entry.objects.filter(**_SPAN).values_list("patient_id").annotate(last=Max(moments.intervened()))
        )
    ),
    Prepared(
        lambda: (
            Appointment.objects.filter(**_SPAN, state="done").values_list("patient_id").annotate(Max("start"))
        )
    ),
    Prepared(lambda: Claim.objects.filter(**_SPAN).values_list("patient_id").annotate(Max("established_on"))),
)
"""Written once: the night asks them again for each file, just before it moves."""


def last_interventions(batch: list[tuple[int, datetime]]) -> dict[int, date]:
    """Last intervention of some patients: (id, created at) in order of id."""
    first, end = batch[0][0], batch[-1][0]
    found = {pk: timezone.localtime(created).date() for pk, created in batch}
    # A file taken over from another program begins long before its creation here: what it holds decides.
    held: dict[int, date] = {}
    for touched in _TOUCHED:
        for patient_id, moment in touched.all(first=first, end=end):
            on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
            held[patient_id] = max(on, held.get(patient_id, on))
    return found | {pk: on for pk, on in held.items() if pk in found}


def waiting(**span: Any) -> dict[int, str]:
    """Why some files must wait (``patient_id__in=…``, ``patient_id__gte=…``): frozen by the patient, or held."""
    held = Hold.objects.filter(lifted_at=None, **span).values_list("patient_id", "reason")
    found = {pk: f"retenu : {Hold.Reason(reason).label}" for pk, reason in held if pk is not None}
    frozen = Restriction.objects.filter(kind=Restriction.Kind.LIMITATION, lifted_at=None, **span)
    return found | dict.fromkeys(
        frozen.values_list("patient_id", flat=True), "données gelées à la demande du patient"
    )
