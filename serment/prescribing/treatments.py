"""Running treatments and the ordonnance: what it adds, what it changes, what it ends. A renewal adds nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.prescribing.dosage import phrase
from serment.prescribing.payloads import Line, Prescription, Touched
from serment.prescribing.safety import plain_label
from serment.record import selectors as record
from serment.record.kinds.treatment import Treatment
from serment.record.models import Entry, EntryVersion
from serment.record.services import NewEntry, correct_entry, patient_keys
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

LONG = 28
"""Days from which a treatment is a running one."""
KEEP = {
    "long": "les lignes d’un mois ou plus",
    "all": "toutes les lignes",
    "none": "aucune",
}


def running(*, keyring: Keyring, patient_id: int) -> list[Any]:
    """The record's running treatments, opened (`record.selectors.Item`). Raises NoKey."""
    found: list[Any] = record.standing(keyring=keyring, patient_id=patient_id).treatments
    return [item for item in found if item.content.status == "running"]


def reconcile(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    lines: list[Line],
    keep: str,
    stops: dict[int, str],
) -> tuple[list[NewEntry], list[Touched]]:
    """Stop what ``stops`` names with its reason, follow changed dosages; give what to add, and all it touched.

    A short course (under `LONG` days) leaves the dosage of a running treatment, unless ``keep`` is « all ». Part of
    the ordonnance's own transaction. Raises Refused (a stop without a reason).
    """
    noted = running(keyring=keyring, patient_id=patient_id)
    by_medicine = {item.content.medicine: item for item in noted if item.content.medicine}
    by_label = {plain_label(item.content.label): item for item in noted}
    by_words = {name: item for name, item in by_label.items() if not item.content.medicine}
    touched = []
    for item in noted:
        if item.id in stops:
            ended = item.content.model_copy(
                update={"status": "stopped", "reason": stops[item.id].strip()[:200]}
            )
            touched.append(_correct(keyring, author, item, ended, stops[item.id]))
    added = []
    for line, dosage, days in _each_once(lines):
        label = plain_label(line.dci_label)
        short = plain_label(line.dci_label.partition(", ")[0])
        known = by_medicine.get(line.medicine) or by_label.get(label) or by_words.get(short)
        if known is not None:
            follows = keep == "all" or not 0 < days < LONG
            if follows and known.id not in stops and dosage and dosage != known.content.dosage:
                changed = known.content.model_copy(update={"dosage": dosage})
                touched.append(
                    _correct(keyring, author, known, changed, "posologie de la dernière ordonnance")
                )
        elif keep == "all" or (keep == "long" and days >= LONG):
            treatment = Treatment(medicine=line.medicine, label=line.dci_label[:300], dosage=dosage)
            added.append(NewEntry("treatment", treatment, id=new_id()))
    return added, touched + [Touched(entry=new.id) for new in added if new.id]


@dataclass(frozen=True)
class Undo:
    """What cancelling would give back: a treatment, what is done to it in French, its content afterwards."""

    entry_id: int
    version: int
    label: str
    text: str
    content: Treatment


def undoable(*, keyring: Keyring, patient_id: int, prescription: Prescription) -> list[Undo]:
    """Treatments as this ordonnance left them, that nobody changed since: two queries. Raises NoKey, CannotOpen."""
    left = {one.entry: one.version for one in prescription.touched}
    if not left:
        return []
    keys = patient_keys(keyring, patient_id)
    rows = Entry.objects.filter(patient_id=patient_id, pk__in=left, state=Entry.State.SIGNED)
    rows = [row for row in rows.order_by("pk") if row.version == left[row.pk]]
    past = {
        (old.entry_id, old.number): old
        for old in EntryVersion.objects.filter(entry_id__in=[row.pk for row in rows if row.version > 1])
    }
    found = []
    for row in rows:
        now = Treatment.model_validate(keys.open(row, "payload"))
        if row.version == 1:
            ended = now.model_copy(update={"status": "stopped", "until": timezone.localdate()})
            found.append(Undo(row.pk, row.version, now.label, "arrêter", ended))
            continue
        before = Treatment.model_validate(keys.open(past[row.pk, row.version - 1], "payload"))
        text = (
            f"remettre «\u00a0{before.dosage}\u00a0»" if now.status == before.status else "remettre en cours"
        )
        found.append(Undo(row.pk, row.version, now.label, text, before))
    return found


def undo(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    prescription: Prescription,
    ids: set[int],
    reason: str,
) -> int:
    """Give back those of ``ids`` that still can be; how many. Part of the cancellation's own transaction."""
    why = f"ordonnance annulée : {reason.strip()}"[:200]
    chosen = [
        one
        for one in undoable(keyring=keyring, patient_id=patient_id, prescription=prescription)
        if one.entry_id in ids
    ]
    for one in chosen:
        content = one.content
        if content.status == "stopped":
            content = content.model_copy(update={"reason": why})
        correct_entry(
            keyring=keyring,
            author=author,
            entry_id=one.entry_id,
            version=one.version,
            payload=content,
            reason=why,
        )
    return len(chosen)


def _each_once(lines: list[Line]) -> list[tuple[Line, str, int]]:
    """(line, dosage, days) of each medicine: two lines of one (morning, evening) make one treatment, dosages joined."""
    same: dict[str, list[Line]] = {}
    for line in lines:
        if line.medicine:
            same.setdefault(line.medicine, []).append(line)
    return [
        (
            group[0],
            " ; ".join(phrase(line.dosage) for line in group if line.dosage)[:300],
            max(line.days for line in group),
        )
        for group in same.values()
    ]


def _correct(keyring: Keyring, author: Person, item: Any, content: Treatment, reason: str) -> Touched:
    entry = correct_entry(
        keyring=keyring, author=author, entry_id=item.id, version=item.version, payload=content, reason=reason
    )
    return Touched(entry=entry.pk, version=entry.version)
