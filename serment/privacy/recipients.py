"""Who received something of a patient: whom to tell when it is corrected, erased or frozen (article 19; R9.3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from serment.formats import dates
from serment.journal.models import Event
from serment.letters.payloads import Letter
from serment.practice.models import Circle
from serment.privacy.models import CopyHanding
from serment.record.models import Entry
from serment.transmission.models import Sheet
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import SubjectKey

HANDED = {
    "prescription.printed": "ordonnance imprimée\u00a0: le patient, et qui l’a exécutée",
    "billing.printed": "note d’honoraires\u00a0: le patient, et sa complémentaire s’il la lui a envoyée",
    "privacy.copy_made": "copie du dossier\u00a0: le patient, ou la personne qu’il a désignée",
    "fse.signed": "feuille de soins\u00a0: la caisse, et en tiers payant la complémentaire (catégories, montants)",
    "fse.printed": "feuille de soins sur papier\u00a0: le patient, ou sa caisse",
    "privacy.declared": "déclaration obligatoire\u00a0: l’autorité sanitaire destinataire",
}
"""Actions by which data left the practice through the patient's own hands, or by law."""


@dataclass(frozen=True)
class Recipient:
    """``text``: what went to whom, and when last. ``addressee``: who can be written to; empty for the patient."""

    text: str
    addressee: str = ""


def past(*, keyring: Keyring, patient_id: int) -> list[Recipient]:
    """What the journal, the letters, the sheets and the sharings tell. A handful of queries, whatever their number.

    The letters' addressees only for whoever follows the patient.
    """
    return [
        *_handed(patient_id),
        *_copies(keyring, patient_id),
        *_letters(keyring, patient_id),
        *_funds(patient_id),
        *_circles(patient_id),
    ]


def _last(at: object) -> str:
    return f" (dernière fois le {dates.short(timezone.localtime(at))})"  # type: ignore[arg-type]


def _handed(patient_id: int) -> list[Recipient]:
    """Within the journal's own term."""
    rows = (
        Event.objects.filter(subject_id=patient_id, action__in=HANDED)
        .values_list("action")
        .annotate(Max("at"))
        .order_by("action")
    )
    return [
        Recipient(
            HANDED[action] + _last(at),
            "Autorité sanitaire destinataire" if action == "privacy.declared" else "",
        )
        for action, at in rows
    ]


def _copies(keyring: Keyring, patient_id: int) -> list[Recipient]:
    """Whoever but the patient received a copy, each once: a professional can be told of what changes."""
    rows = CopyHanding.objects.filter(patient_id=patient_id, recipient__isnull=False).order_by("at")
    keys = keyring.subject_keys([patient_id], Domain.ADMIN)
    found = {}
    for row in rows if patient_id in keys else ():
        name = keys.open(row, "recipient")["name"]
        text = f"copie du dossier\u00a0: {name}, {row.get_to_display()}{_last(row.at)}"
        found[name, row.to] = Recipient(text, name if row.to == CopyHanding.To.PROFESSIONAL else "")
    return list(found.values())


def _letters(keyring: Keyring, patient_id: int) -> list[Recipient]:
    """Each correspondent once, with the day of the last letter that was printed for them."""
    printed = Event.objects.filter(subject_id=patient_id, action="letter.printed").values("object_id")
    keys = keyring.subject_keys([patient_id], Domain.CARE)
    if patient_id not in keys:
        return []
    rows = Entry.objects.filter(patient_id=patient_id, kind="letter", pk__in=printed).order_by("occurred_at")
    found = {}
    for row in rows:
        who = Letter.model_validate(keys.open(row, "payload")).recipient.strip()
        if who:
            found[who] = f"courrier à {who}{_last(row.occurred_at)}"
    return [Recipient(text, who) for who, text in found.items()]


def _funds(patient_id: int) -> list[Recipient]:
    sent = Sheet.objects.filter(claim__patient_id=patient_id, lot__sent_at__isnull=False)
    last = sent.aggregate(last=Max("lot__sent_at"))["last"]
    if last is None:
        return []
    return [
        Recipient(
            f"feuilles de soins\u00a0: la caisse d’assurance maladie{_last(last)}",
            "Caisse d’assurance maladie",
        )
    ]


def _circles(patient_id: int) -> list[Recipient]:
    """Colleagues of the practice who follow the patient too."""
    held = list(
        SubjectKey.objects.filter(subject_id=patient_id, domain=Domain.CARE.value).values_list(
            "circle_id", flat=True
        )
    )
    if len(held) < 2:
        return []
    names = Circle.objects.filter(pk__in=held).order_by("pk").values_list("name", flat=True)
    return [Recipient(f"dossier partagé entre les cercles de soins\u00a0: {', '.join(names)}")]
