"""An ordonnance on paper: what each kind says, the original once, then duplicates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.documents import prescription_pdf
from serment.documents.models import PatientBlock, PrescriptionDocument, PrescriptionLine
from serment.formats import dates
from serment.formats.units import MEASURES
from serment.journal import services as journal
from serment.journal.models import Event
from serment.patients.selectors import PatientCard
from serment.practice.letterhead import letterhead
from serment.prescribing.dosage import phrase, phrase_in_words, total
from serment.prescribing.kinds import Kind, kinds, shown
from serment.prescribing.letters import counted_in_words, dose_in_words, strength_in_words
from serment.prescribing.payloads import DELIVERIES, NON_SUBSTITUTABLE, Line, Prescription
from serment.record import selectors as record
from serment.record.models import Entry
from serment.vault.keyring import Keyring

SEX = {"F": "féminin", "M": "masculin", "U": "non précisé"}
SECURED = (
    "Médicament stupéfiant ou assimilé : à imprimer sur ordonnance sécurisée (article R.5132-5 du code de la santé "
    "publique). Sur papier ordinaire, cette ordonnance n’est pas valable."
)
PREPARED = "Feuille de préparation, sans valeur : rien à signer ici."
"""In the place of the signature, on what only prepares an official form."""


def patient_block(card: PatientCard, prescription: Prescription | None = None) -> PatientBlock:
    weight = prescription.weight_kg if prescription else None
    height = prescription.height_cm if prescription else None
    return PatientBlock(
        name=card.display_name,
        sex=SEX[card.identity.sex],
        birth_date=dates.short(card.identity.birth_date),
        age=card.age,
        weight=MEASURES["weight"].text(weight) if weight else "",
        height=MEASURES["height"].text(height).replace(",0", "") if height else "",
    )


def _printed(line: Line) -> PrescriptionLine:
    words = strength_in_words(line.dci_label) if line.secured else ""
    return PrescriptionLine(
        title=f"{line.dci_label} ({words})" if words else line.dci_label,
        brand=line.brand,
        dosage=_dosage(line),
        quantity=_quantity(line),
        renewal=f"Renouvelable {line.renewals} fois" if line.renewals else "",
        mention=" – ".join(_mentions(line)),
    )


def _quantity(line: Line) -> str:
    """Boxes; on secured paper, where none was said, the units that the dosage makes over its duration."""
    if not line.boxes:
        units = total(line.dosage) if line.secured and line.dosage else Decimal(0)
        return f"Soit {dose_in_words(units, line.dosage.unit)} en tout" if units and line.dosage else ""
    if line.secured:
        return counted_in_words(Decimal(line.boxes), "boîte")
    return f"{line.boxes} boîte{'s' if line.boxes > 1 else ''}"


def _mentions(line: Line) -> list[str]:
    found = []
    if line.non_substitutable:
        found.append(
            f"Non substituable ({line.non_substitutable} : {NON_SUBSTITUTABLE[line.non_substitutable]})"
        )
    if line.not_reimbursed:
        found.append("NR (non remboursable)")
    if line.delivery:
        found.append(DELIVERIES[line.delivery])
    found += [
        f"Chevauchement voulu par le prescripteur : {override.reason}"
        for override in line.overrides
        if override.kind == "chevauchement"
    ]
    return found


def _dosage(line: Line) -> str:
    if line.dosage is None:
        return ""
    return phrase_in_words(line.dosage) if line.secured else phrase(line.dosage)


def _ordered(line: Line) -> PrescriptionLine:
    """A line of another kind than medicines: an act, a device, or its own words."""
    code = line.code.partition(":")
    return PrescriptionLine(
        title=line.text,
        dosage=line.dosage.note if line.dosage else "",
        quantity=f"Quantité : {line.boxes}" if line.boxes else "",
        renewal=f"Code {code[0].upper()} {code[2]}" if line.code else "",
    )


def _counted(kind: Kind, prescription: Prescription) -> str:
    count = len(prescription.lines)
    if kind.code == "medicines":
        count = sum(not line.is_free for line in prescription.lines)
        words = ("médicament prescrit", "médicaments prescrits")
    else:
        words = kind.counted
    return "" if not count or kind.summary else f"{count} {words[count > 1]}"


def document(
    *, author: Person, card: PatientCard, entry: Entry, prescription: Prescription, duplicate: bool
) -> PrescriptionDocument:
    """What the paper says; nothing is looked up but the letterhead."""
    day = timezone.localtime(entry.occurred_at).date()
    kind = kinds()[prescription.kind]
    medicines = [line for line in prescription.lines if not line.is_free]
    others = [line for line in prescription.lines if line.is_free]
    listed = kind.code != "medicines" and not kind.summary
    facts = shown(kind, prescription.details)
    if prescription.pharmacy:
        facts.append(("Pharmacie qui délivre", prescription.pharmacy))
    return PrescriptionDocument(
        letterhead=letterhead(author.practitioner, author.practice),
        patient=patient_block(card, prescription),
        on=day,
        date_text=dates.short(day),
        number=prescription.number,
        title="" if kind.code == "medicines" else kind.label,
        heading=kind.heading,
        notice=SECURED if any(line.secured for line in medicines) else kind.notice,
        unsigned=PREPARED if kind.notice else "",
        facts=facts,
        mentions=list(kind.mentions),
        counted=_counted(kind, prescription),
        ald_lines=[_printed(line) for line in medicines if line.ald],
        lines=[_printed(line) for line in medicines if not line.ald]
        + ([_ordered(line) for line in others] if listed else []),
        free_lines=[line.text for line in others] if kind.code == "medicines" else [],
        duplicate=duplicate,
        cancelled=entry.state == Entry.State.IN_ERROR,
        demo=author.practice.is_demo,
    )


def rows(prescription: Prescription) -> list[tuple[str, str]]:
    """(label, text) of all that the ordonnance says, as it is read in the record and on the patient's copy."""
    kind = kinds().get(prescription.kind)
    found = [("Numéro", prescription.number), ("Nature", kind.label if kind else "")]
    found += shown(kind, prescription.details) if kind else []
    medicines = kind is not None and kind.code == "medicines"
    for place, line in enumerate(prescription.lines, 1):
        told = _printed(line) if not line.is_free else PrescriptionLine(title=line.text)
        if line.is_free and not medicines:
            told = _ordered(line)
        title = f"{told.title} ({told.brand})" if told.brand else told.title
        parts = [
            told.dosage,
            told.quantity,
            told.renewal,
            told.mention,
            "affection de longue durée" * line.ald,
        ]
        found.append((f"Ligne {place}", " – ".join(filter(None, (title, *parts)))))
    for code, value in (("weight", prescription.weight_kg), ("height", prescription.height_cm)):
        found += [(MEASURES[code].label, MEASURES[code].text(value))] if value else []
    found += [("Pharmacie qui délivre", prescription.pharmacy), ("Annulée", prescription.cancelled_reason)]
    return [(label, text) for label, text in found if text]


def times(entry: Entry) -> int:
    """How many times an ordonnance was printed: one query."""
    return Event.objects.filter(
        subject_id=entry.patient_id,
        object_id=entry.pk,
        action__in=("prescription.printed", "prescription.reprinted"),
    ).count()


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
