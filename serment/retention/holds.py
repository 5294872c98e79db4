"""Keep a file past its term, and let it go again: a dated decision with its reason (R7.2)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.access.rules import Refusal
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.retention.models import ArchivedFile, Hold


class Held(Refusal):
    """The file must wait."""

    def __init__(self) -> None:
        super().__init__(
            title="Dossier retenu",
            text="Ce dossier est retenu\u00a0: levez la retenue dans l’onglet «\u00a0Conservation\u00a0» du patient.",
        )


def in_force(patient_id: int) -> list[Hold]:
    return list(Hold.objects.filter(patient_id=patient_id, lifted_at=None))


def require_none(patient_id: int) -> None:
    """Raises Held."""
    if Hold.objects.filter(patient_id=patient_id, lifted_at=None).exists():
        raise Held


@transaction.atomic
def place(
    *, author: Person, reason: str, patient: Patient | None = None, archived: ArchivedFile | None = None
) -> Hold:
    """Hold one file, active or archived; a second hold with the same reason is the first. Raises ValueError."""
    if reason not in Hold.Reason.values:
        raise ValueError("Choisissez le motif de la retenue.")
    row, made = Hold.objects.get_or_create(
        practice_id=author.practice_id,
        patient=patient,
        archived=archived,
        reason=reason,
        lifted_at=None,
        defaults={"author_id": author.pk},
    )
    if made:
        journal.record(
            "retention.held",
            subject_id=patient.pk if patient else None,
            object_id=row.pk,
            details={"reason": reason},
        )
    return row


@transaction.atomic
def lift(*, author: Person, hold_id: int) -> Hold:
    """End a hold; the decision stays on record."""
    row: Hold = Hold.objects.select_for_update().get(pk=hold_id)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = timezone.now(), author.pk
        row.save(update_fields=["lifted_at", "lifted_by"])
        journal.record("retention.hold_lifted", subject_id=row.patient_id, object_id=row.pk)
    return row
