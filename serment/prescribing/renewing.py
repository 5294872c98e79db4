"""The ordonnance that a new one begins from: one's own last, a colleague's only where there is none, and it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.catalogues.selectors import medicines
from serment.formats import dates
from serment.practice.professions import PROFESSIONS
from serment.prescribing import official, rights
from serment.prescribing.payloads import Line
from serment.record import selectors as record
from serment.record.models import Entry
from serment.vault.keyring import Keyring

LAST = "derniere"
CANCELLED = "Cette ordonnance est annulée, elle ne se renouvelle pas : écrivez-en une nouvelle."
_LOOKED = 60


@dataclass(frozen=True)
class Begun:
    """``lines``: those that this person may write again; ``notes``: whose they are and what was left out, in French."""

    entry_id: int
    lines: list[Line]
    notes: list[str]


def last(*, keyring: Keyring, person: Person, patient_id: int) -> Begun | None:
    """From the last ordonnance of medicines, one's own first: five queries at most. Raises NoKey."""
    past: list[Any] = record.of_kind(
        keyring=keyring, patient_id=patient_id, kind="prescription", limit=_LOOKED
    )
    found = [item for item in past if item.content.kind == "medicines"]
    item = next((one for one in found if one.author_id == person.pk), None) or next(iter(found), None)
    return _begun(person, item, "Vous n’en avez signé aucune pour ce patient : ") if item else None


def one(*, keyring: Keyring, person: Person, entry: Entry) -> Begun:
    """From an ordonnance named by the address. Raises NoKey."""
    return _begun(person, record.one(keyring=keyring, entry=entry), "")


def _begun(person: Person, item: Any, why: str) -> Begun:
    notes = []
    if item.author_id != person.pk:
        author = Person.objects.select_related("practitioner").get(pk=item.author_id)
        day = dates.short(timezone.localdate(item.occurred_at))
        notes.append(f"{why}{'r' if why else 'R'}eprise de l’ordonnance de {_named(author)}, du {day}.")
    profession = person.practitioner.profession if person.practitioner else ""
    asked, old = official.renewed(item.content.lines)
    known = medicines(line.medicine for line in asked if line.medicine)
    lines: list[Line] = []
    gone: list[str] = []
    beyond: list[str] = []
    for line in asked:
        if line.is_free or (line.medicine in known and rights.allows(profession, known[line.medicine])):
            lines.append(line)
        else:
            (beyond if line.medicine in known else gone).append(line.dci_label)
    if beyond:
        notes.append(f"Non repris, hors de ce que votre profession prescrit : {' ; '.join(beyond)}.")
    if old:
        notes.append(f"Non repris, {official.NO_HEIR} : {' ; '.join(old)}.")
    if gone:
        notes.append(f"Non repris, n’est plus au catalogue : {' ; '.join(gone)}.")
    return Begun(item.id, lines, notes)


def _named(author: Person) -> str:
    """« Mme Solène JÉGO (infirmier ou infirmière) »"""
    profession = PROFESSIONS.get(author.practitioner.profession) if author.practitioner else None
    return f"{author.display_name} ({profession.label.lower()})" if profession else author.display_name
