"""Sign a consultation: its entries, its measures, its coded problems, in one act."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from serment.access.models import Person
from serment.agenda import services as agenda
from serment.agenda.models import Appointment
from serment.record import drafts, models_of_consultation, selectors
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.record.services import NewEntry, Refused, add_entries
from serment.vault.keyring import Keyring


def sign(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    consultation: Consultation,
    measures: dict[str, float],
    keep_problems: bool = False,
    appointment_id: int | None = None,
    page: str = "",
    opened: datetime | None = None,
    occurred_at: datetime | None = None,
) -> Entry:
    """Sign and close; gives the consultation's entry. The draft goes, the appointment is done.

    Headings of a model left empty are not signed. ``occurred_at``: when it took place, None for now.

    ``keep_problems`` adds the coded problems to the patient's standing list, those already there aside. ``page`` (see
    `drafts`) and when it was ``opened``: the same page signs once, however often it is sent. Raises Refused (nothing
    written), NoKey.
    """
    consultation = models_of_consultation.without_empty_headings(author, consultation)
    if not (measures or any(consultation.model_dump(exclude_defaults=True).values())):
        raise Refused("La consultation est vide\u00a0: écrivez au moins le motif, ou une mesure.")
    entry_id = drafts.entry_id_of(page)
    known = _signed_from(entry_id, author, patient_id)
    if known is not None:
        return known
    new = [NewEntry("consultation", consultation, id=entry_id)]
    if measures:
        new.append(NewEntry("measure", MeasureSet(values=measures)))
    if keep_problems:
        new += _new_problems(keyring, patient_id, consultation)
    try:
        with transaction.atomic():
            made = add_entries(
                keyring=keyring,
                author=author,
                patient_id=patient_id,
                entries=new,
                occurred_at=occurred_at,
                action="record.consultation_signed",
            )
            drafts.settle(person=author, patient_id=patient_id, page=page, opened=opened)
            if appointment_id is not None:
                _close_appointment(appointment_id, patient_id)
    except IntegrityError:  # the same page, sent twice at once: the other one has just signed
        known = _signed_from(entry_id, author, patient_id)
        if known is None:
            raise
        return known
    return made[0]


def _signed_from(entry_id: int | None, author: Person, patient_id: int) -> Entry | None:
    """What this page has signed already. Raises Refused when its id stands for something else."""
    entry = Entry.objects.filter(pk=entry_id).first() if entry_id is not None else None
    if entry is None:
        return None
    if (entry.patient_id, entry.author_id, entry.kind) != (patient_id, author.pk, "consultation"):
        raise Refused("Cette page a déjà servi\u00a0: rouvrez la consultation depuis le dossier.")
    return entry


def _new_problems(keyring: Keyring, patient_id: int, consultation: Consultation) -> list[NewEntry]:
    """The coded problems that the patient's list does not have yet."""
    standing = {p.code for p in selectors.problems(keyring=keyring, patient_id=patient_id) if p.code}
    return [
        NewEntry("problem", Problem(code=p.code, label=p.label))
        for p in consultation.problems
        if p.code not in standing
    ]


def _close_appointment(appointment_id: int, patient_id: int) -> None:
    """The appointment of this consultation is done, if it is this patient's and under way."""
    row = Appointment.objects.filter(pk=appointment_id, patient_id=patient_id).first()
    if row is not None and row.state == Appointment.State.IN_CONSULTATION:
        agenda.finish(appointment_id=row.pk)
