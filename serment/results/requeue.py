"""A result that was filed on the wrong patient goes back to the queue: marked in error there, to be filed anew."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from serment.access.models import Person
from serment.formats.labs import BadMessage, Report
from serment.journal import services as journal
from serment.record import files
from serment.record.models import Entry
from serment.record.services import Refused, mark_in_error
from serment.results import corrections
from serment.results.models import Incoming
from serment.results.services import read, sealed_for
from serment.vault.keyring import Keyring

State = Incoming.State
NO_REASON = "Indiquez en quelques mots pourquoi ce résultat quitte ce dossier."


@transaction.atomic
def put_back(*, keyring: Keyring, author: Person, incoming_id: int, reason: str) -> Incoming:
    """« Remettre en file »: the entry and its original are marked in error where they were; the report waits again.

    What it had made of that patient's other values is taken back. Raises Refused, NoKey, Frozen.
    """
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if row.state not in (State.FILED, State.SEEN) or row.patient_id is None or row.original_id is None:
        raise Refused("Ce résultat n’est dans aucun dossier.")
    if len(reason.strip()) < 3:
        raise Refused(NO_REASON)
    original = Entry.objects.get(pk=row.original_id)
    raw, _ = files.content(keyring=keyring, entry=original)
    report = None if row.entry_id == row.original_id else _again(raw)
    entries = Entry.objects.filter(pk__in={row.entry_id, row.original_id}, state=Entry.State.SIGNED)
    for entry in entries.order_by("pk"):
        mark_in_error(keyring=keyring, author=author, entry_id=entry.pk, reason=reason)
    patient_id = row.patient_id
    if report is not None:
        corrections.count_again(keyring=keyring, author=author, patient_id=patient_id)
    row.state = State.WAITING if report else State.UNREADABLE
    row.patient_id = row.entry_id = row.original_id = None
    row.seen_at = row.seen_by = None
    sealed_for(keyring, row, report, raw)
    row.save()
    journal.record("result.requeued", subject_id=patient_id, object_id=row.pk)
    return row


def _again(raw: bytes) -> Report | None:
    """The report of an original; a patient's own part of an HPRIM file may lack the mark of its end."""
    for data in (raw, raw + b"\n****FIN****\n"):
        with suppress(BadMessage):
            found = read(data)
            if len(found) == 1:
                return found[0]
    return None
