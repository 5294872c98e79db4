"""What of the agenda may go on a patient's request: notes, and appointments that led to no care (R9.4)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.journal import services as journal
from serment.patients.restrictions import require_free


def erasable(patient_id: int) -> tuple[int, int]:
    """(appointments that led to no care, notes on the others): two counts, past only."""
    past = Appointment.objects.filter(patient_id=patient_id, end__lt=timezone.now())
    return past.filter(state__in=Appointment.FREE).count(), past.exclude(state__in=Appointment.FREE).exclude(
        details=None
    ).count()


@transaction.atomic
def erase(*, patient_id: int) -> tuple[int, int]:
    """Delete past cancelled and missed appointments, blank the notes of the others. Raises Frozen."""
    require_free(patient_id)
    past = Appointment.objects.filter(patient_id=patient_id, end__lt=timezone.now())
    gone, _ = past.filter(state__in=Appointment.FREE).delete()
    blanked = past.exclude(details=None).update(details=None)
    journal.record("agenda.erased", subject_id=patient_id, details={"rows": gone, "notes": blanked})
    return gone, blanked
