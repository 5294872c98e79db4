"""Sign a consultation: its entries, its measures, its coded problems, in one act."""

from __future__ import annotations

from django.db import transaction

from serment.access.models import Person
from serment.agenda import services as agenda
from serment.agenda.models import Appointment
from serment.record import drafts
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.record.services import NewEntry, Refused, add_entries
from serment.vault.keyring import Keyring


@transaction.atomic
def sign(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    consultation: Consultation,
    measures: dict[str, float],
    keep_problems: bool = False,
    appointment_id: int | None = None,
) -> Entry:
    """Sign and close; gives the consultation's entry. The draft goes, the appointment is done.

    ``keep_problems`` adds the coded problems to the patient's standing list. Raises Refused (nothing written), NoKey.
    """
    if not (measures or any(consultation.model_dump(exclude_defaults=True).values())):
        raise Refused("La consultation est vide : écrivez au moins le motif, ou une mesure.")
    new = [NewEntry("consultation", consultation)]
    if measures:
        new.append(NewEntry("measure", MeasureSet(values=measures)))
    if keep_problems:
        new += [NewEntry("problem", Problem(code=p.code, label=p.label)) for p in consultation.problems]
    made = add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=new,
        action="record.consultation_signed",
    )
    drafts.discard(person=author, patient_id=patient_id)
    if appointment_id is not None:
        _close_appointment(appointment_id, patient_id)
    return made[0]


def _close_appointment(appointment_id: int, patient_id: int) -> None:
    """The appointment of this consultation is done, if it is this patient's and under way."""
    row = Appointment.objects.filter(pk=appointment_id, patient_id=patient_id).first()
    if row is not None and row.state == Appointment.State.IN_CONSULTATION:
        agenda.finish(appointment_id=row.pk)
