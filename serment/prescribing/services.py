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
from serment.patients.selectors import card as patient_card
from serment.practice.letterhead import letterhead
from serment.prescribing import habits, rights
from serment.prescribing.dosage import phrase, phrase_in_words
from serment.prescribing.payloads import NON_SUBSTITUTABLE, Line, Override, Prescription
from serment.prescribing.safety import Item, PatientFacts, Report, review
from serment.prescribing.safety.conditions import is_secured
from serment.record import selectors as record
from serment.record.kinds.treatment import Treatment
from serment.record.models import Entry
from serment.record.services import NewEntry, add_entries
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring

SEX = {"F": "féminin", "M": "masculin", "U": "non précisé"}


class Alarm(Exception):
    """At least one grave alert carries no reason to go on. ``report`` holds them all."""

    def __init__(self, report: Report) -> None:
        super().__init__("alert")
        self.report = report


def check(
    *, keyring: Keyring, author: Person, patient_id: int, lines: list[Line], weight_kg: float | None = None
) -> Report:
    """Every check on these lines and the treatments that run beside them. Raises NoKey, NotAllowed."""
    noted = record.standing(keyring=keyring, patient_id=patient_id)
    running = [t.content for t in noted.treatments if t.content.status == "running"]  # type: ignore[attr-defined]
    known = medicines(key for key in (*[x.medicine for x in lines], *[t.medicine for t in running]) if key)
    profession = author.practitioner.profession if author.practitioner else ""
    items = []
    for place, line in enumerate(lines):
        if line.medicine not in known:
            continue
        rights.require_medicine(profession, known[line.medicine])
        items.append(
            Item(
                place,
                known[line.medicine],
                days=line.days,
                non_substitutable=line.non_substitutable,
            )
        )
    items += [Item(-1, known[t.medicine], running=True) for t in running if t.medicine in known]
    return review(items, _facts(keyring, author, patient_id, noted, weight_kg))


def _facts(
    keyring: Keyring, author: Person, patient_id: int, noted: record.Summary, weight_kg: float | None
) -> PatientFacts:
    who = patient_card(keyring=keyring, patient_id=patient_id)
    allergies = tuple(dict.fromkeys(item.content.substance for item in noted.allergies))  # type: ignore[attr-defined]
    return PatientFacts(
        age=who.age_years,
        sex=who.identity.sex,
        weight_kg=weight_kg,
        allergies=allergies,
        problems=tuple(item.line for item in noted.problems),
        prescriber_specialty=author.practitioner.specialty if author.practitioner else "",
    )


def issue(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    lines: list[Line],
    kind: str = "medicines",
    reasons: dict[str, str] | None = None,
    weight_kg: float | None = None,
    height_cm: float | None = None,
    encounter_id: int | None = None,
    keep_treatments: bool = False,
) -> Entry:
    """Sign an ordonnance into the record. The checks only read, and are done before the transaction that writes.

    ``reasons``: mark of a grave alert → why it is passed over; kept with the lines it is about. Raises Alarm when one
    is missing, NotAllowed for what the profession may not prescribe, NoKey, Frozen.
    """
    restrictions.require_free(patient_id)
    rights.require_kind(author.practitioner.profession if author.practitioner else "", kind)
    report = check(keyring=keyring, author=author, patient_id=patient_id, lines=lines, weight_kg=weight_kg)
    given = reasons or {}
    if any(len(given.get(alert.mark, "").strip()) < 3 for alert in report.blocking):
        raise Alarm(report)
    for alert in {alert.mark: alert for alert in reversed(report.blocking)}.values():
        override = Override(kind=alert.kind, text=alert.title, reason=given[alert.mark].strip())
        for place in alert.places:
            lines[place].overrides.append(override)
    known = medicines(line.medicine for line in lines if line.medicine)
    for place, line in enumerate(lines):
        line.secured = line.medicine in known and is_secured(Item(place, known[line.medicine]))
    prescription = Prescription(
        lines=lines,
        kind=kind,
        weight_kg=weight_kg,
        height_cm=height_cm,
        number=f"{timezone.localdate():%Y}-{encode(new_id())[-7:].upper()}",
        catalogue=release_label(),
    )
    new = [NewEntry("prescription", prescription)]
    if keep_treatments:
        new += _treatments(keyring, patient_id, lines)
    made = add_entries(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        entries=new,
        encounter_id=encounter_id,
        action="prescription.issued",
    )
    habits.count(author, known)
    return made[0]


def _treatments(keyring: Keyring, patient_id: int, lines: list[Line]) -> list[NewEntry]:
    """The lines that are not yet among the running treatments: a renewal adds nothing twice."""
    running = {
        item.content.medicine  # type: ignore[attr-defined]
        for item in record.standing(keyring=keyring, patient_id=patient_id).treatments
        if item.content.status == "running"  # type: ignore[attr-defined]
    }
    return [
        NewEntry(
            "treatment",
            Treatment(
                medicine=line.medicine,
                label=line.dci_label,
                dosage=phrase(line.dosage) if line.dosage else "",
            ),
        )
        for line in lines
        if line.medicine and line.medicine not in running
    ]


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
        dosage=_dosage(line),
        renewal=f"Renouvelable {line.renewals} fois" if line.renewals else "",
        mention=mention,
    )


def _dosage(line: Line) -> str:
    if line.dosage is None:
        return ""
    return phrase_in_words(line.dosage) if line.secured else phrase(line.dosage)


SECURED = (
    "Médicament stupéfiant ou assimilé : à imprimer sur ordonnance sécurisée (article R.5132-5 du code de la santé "
    "publique). Sur papier ordinaire, cette ordonnance n’est pas valable."
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
        title="" if prescription.kind == "medicines" else rights.KINDS[prescription.kind],
        notice=SECURED if any(line.secured for line in prescription.lines) else "",
        ald_lines=[_printed(line) for line in prescription.lines if not line.is_free and line.ald],
        lines=[_printed(line) for line in prescription.lines if not line.is_free and not line.ald],
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
