"""Issue an ordonnance, and print it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.catalogues.selectors import medicines, release_label
from serment.documents import prescription_pdf
from serment.documents.models import PatientBlock, PrescriptionDocument, PrescriptionLine
from serment.formats import dates
from serment.formats.units import MEASURES
from serment.journal import services as journal
from serment.journal.models import Event
from serment.patients import restrictions
from serment.patients.selectors import PatientCard
from serment.practice.letterhead import letterhead
from serment.prescribing.checks import Warning, allergy_warnings
from serment.prescribing.dosage import phrase
from serment.prescribing.payloads import NON_SUBSTITUTABLE, Line, Override, Prescription
from serment.record import selectors as record
from serment.record.kinds.treatment import Treatment
from serment.record.models import Entry
from serment.record.services import NewEntry, add_entries
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring

SEX = {"F": "féminin", "M": "masculin", "U": "non précisé"}


class AllergyAlert(Exception):
    """At least one line meets a recorded allergy and carries no reason to go on."""

    def __init__(self, warnings: list[Warning]) -> None:
        super().__init__("allergy")
        self.warnings = warnings


def check(*, keyring: Keyring, patient_id: int, lines: list[Line]) -> list[Warning]:
    """Allergy warnings of these lines. Raises NoKey."""
    known = medicines(line.medicine for line in lines if line.medicine)
    places = [(place, known[line.medicine]) for place, line in enumerate(lines) if line.medicine in known]
    return allergy_warnings(places, record.allergies(keyring=keyring, patient_id=patient_id))


@transaction.atomic
def issue(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    lines: list[Line],
    reasons: dict[int, str] | None = None,
    weight_kg: float | None = None,
    height_cm: float | None = None,
    encounter_id: int | None = None,
    keep_treatments: bool = False,
) -> Entry:
    """Sign an ordonnance into the record.

    ``reasons``: line position → why an allergy warning is passed over; kept with the line. Raises AllergyAlert when
    one is missing, NoKey, Refused.
    """
    restrictions.require_free(patient_id)
    warnings = check(keyring=keyring, patient_id=patient_id, lines=lines)
    given = reasons or {}
    if any(len(given.get(w.place, "").strip()) < 3 for w in warnings):
        raise AllergyAlert(warnings)
    for warning in warnings:
        override = Override(kind="allergy", text=warning.text, reason=given[warning.place].strip())
        lines[warning.place].overrides.append(override)
    prescription = Prescription(
        lines=lines,
        weight_kg=weight_kg,
        height_cm=height_cm,
        number=f"{timezone.localdate():%Y}-{encode(new_id())[-7:].upper()}",
        catalogue=release_label(),
    )
    new = [NewEntry("prescription", prescription)]
    if keep_treatments:
        new += [
            NewEntry(
                "treatment",
                Treatment(
                    medicine=line.medicine,
                    label=line.dci_label,
                    dosage=phrase(line.dosage) if line.dosage else "",
                ),
            )
            for line in lines
            if line.medicine
        ]
    made = add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=new,
        encounter_id=encounter_id,
        action="prescription.issued",
    )
    return made[0]


def patient_block(card: PatientCard, prescription: Prescription | None = None) -> PatientBlock:
    weight = prescription.weight_kg if prescription else None
    height = prescription.height_cm if prescription else None
    return PatientBlock(
        name=card.display_name,
        sex=SEX[card.identity.sex],
        birth_date=dates.short(card.identity.birth_date),
        age=card.age,
        weight=MEASURES["weight"].text(weight) if weight else "",
        height=MEASURES["height"].text(height) if height else "",
    )


def _printed(line: Line) -> PrescriptionLine:
    mention = ""
    if line.non_substitutable:
        mention = f"Non substituable ({line.non_substitutable} : {NON_SUBSTITUTABLE[line.non_substitutable]})"
    if line.not_reimbursed:
        mention = (mention + " – " if mention else "") + "NR (non remboursable)"
    return PrescriptionLine(
        title=line.dci_label,
        brand=line.brand,
        dosage=phrase(line.dosage) if line.dosage else "",
        renewal=f"Renouvelable {line.renewals} fois" if line.renewals else "",
        mention=mention,
    )


def document(
    *, author: Person, card: PatientCard, entry: Entry, prescription: Prescription, duplicate: bool
) -> PrescriptionDocument:
    day = timezone.localtime(entry.occurred_at).date()
    return PrescriptionDocument(
        letterhead=letterhead(author.practitioner, author.practice),
        patient=patient_block(card, prescription),
        on=day,
        date_text=dates.short(day),
        number=prescription.number,
        lines=[_printed(line) for line in prescription.lines if not line.is_free],
        free_lines=[line.text for line in prescription.lines if line.is_free],
        duplicate=duplicate,
        cancelled=entry.state == Entry.State.IN_ERROR,
        demo=author.practice.is_demo,
    )


@transaction.atomic
def print_pdf(*, keyring: Keyring, card: PatientCard, entry: Entry) -> bytes:
    """The ordonnance as a PDF/A; from the second print on it says « duplicata ». Raises NoKey, CannotOpen."""
    item: Any = record.one(keyring=keyring, entry=entry)
    author = Person.objects.select_related("practitioner").get(pk=entry.author_id)
    again = Event.objects.filter(
        subject_id=entry.patient_id, object_id=entry.pk, action="prescription.printed"
    ).exists()
    data = document(author=author, card=card, entry=entry, prescription=item.content, duplicate=again)
    pdf = prescription_pdf(data)
    journal.record(
        "prescription.reprinted" if again else "prescription.printed",
        subject_id=entry.patient_id,
        object_id=entry.pk,
    )
    return pdf
