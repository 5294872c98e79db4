"""Running treatments and the ordonnance: what it adds, what it changes, what it ends. A renewal adds nothing twice."""

from __future__ import annotations

from typing import Any

from serment.access.models import Person
from serment.prescribing.dosage import phrase
from serment.prescribing.payloads import Line
from serment.prescribing.safety import plain_label
from serment.record import selectors as record
from serment.record.kinds.treatment import Treatment
from serment.record.services import NewEntry, correct_entry
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
) -> list[NewEntry]:
    """Stop what ``stops`` names with its reason, follow changed dosages; give the treatments to add.

    Part of the ordonnance's own transaction. Raises Refused (a stop without a reason).
    """
    noted = running(keyring=keyring, patient_id=patient_id)
    by_medicine = {item.content.medicine: item for item in noted if item.content.medicine}
    by_label = {plain_label(item.content.label): item for item in noted}
    by_words = {name: item for name, item in by_label.items() if not item.content.medicine}
    for item in noted:
        if item.id in stops:
            ended = item.content.model_copy(
                update={"status": "stopped", "reason": stops[item.id].strip()[:200]}
            )
            _correct(keyring, author, item, ended, stops[item.id])
    added = []
    for line, dosage, days in _each_once(lines):
        label = plain_label(line.dci_label)
        short = plain_label(line.dci_label.partition(", ")[0])
        known = by_medicine.get(line.medicine) or by_label.get(label) or by_words.get(short)
        if known is not None:
            if known.id not in stops and dosage and dosage != known.content.dosage:
                changed = known.content.model_copy(update={"dosage": dosage})
                _correct(keyring, author, known, changed, "posologie de la dernière ordonnance")
        elif keep == "all" or (keep == "long" and days >= LONG):
            treatment = Treatment(medicine=line.medicine, label=line.dci_label[:300], dosage=dosage)
            added.append(NewEntry("treatment", treatment))
    return added


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


def _correct(keyring: Keyring, author: Person, item: Any, content: Treatment, reason: str) -> None:
    correct_entry(
        keyring=keyring, author=author, entry_id=item.id, version=item.version, payload=content, reason=reason
    )
