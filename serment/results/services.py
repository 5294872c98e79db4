"""Receive, file in the record at a person's word, see. The original is kept with the record."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.formats import hl7, hprim
from serment.formats.labs import BadMessage, Report, Value
from serment.journal import services as journal
from serment.record import files
from serment.record.kinds.result import Result, ResultValue
from serment.record.services import Refused, add_entry
from serment.results.models import Incoming
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

MAX_BYTES = 5_000_000
State = Incoming.State


@dataclass(frozen=True)
class Outcome:
    """What one file gave: reports waiting, known already, unreadable."""

    waiting: int = 0
    known: int = 0
    unreadable: int = 0


def read(raw: bytes) -> list[Report]:
    """Reports of a file in either format. Raises BadMessage."""
    if hl7.looks_like(raw):
        return hl7.read(raw)
    if hprim.looks_like(raw):
        return hprim.read(raw)
    raise BadMessage("Format non reconnu\u00a0: ni HPRIM Médecin, ni HL7 v2.")


def receive(*, keyring: Keyring, author: Person, raw: bytes) -> Outcome:
    """Take a file in: each report waits for a person's word; one that does not read waits too, with why."""
    if author.practitioner is None:
        raise Refused("Seul un praticien reçoit des résultats.")
    if not raw or len(raw) > MAX_BYTES:
        raise Refused("Le fichier est vide ou trop gros (cinq mégaoctets au plus).")
    try:
        reports = read(raw)
    except BadMessage as error:
        made = _put(keyring, author, {"original": raw.decode("latin-1")}, trouble=str(error))
        return Outcome(unreadable=int(made), known=int(not made))
    new = sum(_put(keyring, author, asdict(report)) for report in reports)
    return Outcome(waiting=new, known=len(reports) - new)


@transaction.atomic
def _put(keyring: Keyring, author: Person, data: dict[str, Any], trouble: str = "") -> bool:
    """False where the same report is known already."""
    assert author.practitioner is not None
    circle = author.practitioner.circle_id
    text = json.dumps(data, ensure_ascii=False, default=str).encode()
    key = keyring.current(Domain.CARE, circle).index_key
    digest = hmac.new(key, b"result|" + text, hashlib.sha256).hexdigest()
    if Incoming.objects.filter(digest=digest).exists():
        return False
    row = Incoming(
        id=new_id(),
        practice_id=keyring.practice_id,
        circle_id=circle,
        state=State.UNREADABLE if trouble else State.WAITING,
        digest=digest,
        trouble=trouble[:300],
        abnormal=sum(Value(**value).abnormal for value in data.get("values", [])),
        for_person_id=author.pk,
    )
    row.domain_key_id, row.sealed = custody.put_in(
        keyring.practice_id, Domain.CARE, circle, text, f"result|{row.pk}"
    )
    row.save(force_insert=True)
    journal.record("result.received", object_id=row.pk, details={"readable": not trouble})
    return True


def opened(keyring: Keyring, row: Incoming) -> tuple[Report | None, str]:
    """(the report, None where it did not read; the original). Raises NoKey, CannotOpen."""
    assert row.domain_key_id is not None and row.sealed is not None
    data = json.loads(custody.take_out(keyring, row.domain_key_id, bytes(row.sealed), f"result|{row.pk}"))
    if row.state == State.UNREADABLE:
        return None, data["original"]
    values = [Value(**value) for value in data.pop("values")]
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("born", "made_on")}
    report = Report(**{**data, **days}, values=values)
    return report, report.original


@transaction.atomic
def file(*, keyring: Keyring, author: Person, incoming_id: int, patient_id: int) -> Incoming:
    """A person says whose it is: into the record, the original as a document beside. Raises Refused, NoKey, Frozen."""
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if row.state not in (State.WAITING, State.UNREADABLE):
        raise Refused("Ce résultat a déjà été traité.")
    report, original = opened(keyring, row)
    document = files.keep(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        data=original.encode(),
        title="Résultat d’origine",
        kind="result",
        source=(report.laboratory if report else "") or "laboratoire",
        dated=report.made_on if report else None,
    )
    row.entry_id = document.pk
    if report is not None:
        row.entry_id = add_entry(
            keyring=keyring, author=author, patient_id=patient_id, kind="result", payload=_payload(report)
        ).pk
    row.state, row.patient_id = State.FILED, patient_id
    row.sealed = row.domain_key_id = None
    row.save()
    journal.record("result.filed", subject_id=patient_id, object_id=row.pk)
    return row


def _payload(report: Report) -> Result:
    return Result(
        laboratory=report.laboratory[:160],
        reference=report.reference[:80],
        made_on=report.made_on,
        text=report.text[:60_000],
        values=[
            ResultValue(
                label=value.label[:160],
                value=value.value[:300],
                unit=value.unit[:40],
                low=value.low,
                high=value.high,
                code=value.code[:40],
                loinc=value.loinc[:20],
                abnormal=value.abnormal,
            )
            for value in report.values[:600]
        ],
    )


@transaction.atomic
def see(*, author: Person, incoming_id: int) -> Incoming:
    """« Vu »: with a name and a date. Raises Refused."""
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if row.state != State.FILED:
        raise Refused("Ce résultat n’est pas à voir.")
    row.state, row.seen_at, row.seen_by = State.SEEN, timezone.now(), author.pk
    row.save(update_fields=["state", "seen_at", "seen_by"])
    journal.record("result.seen", subject_id=row.patient_id, object_id=row.pk)
    return row


@transaction.atomic
def set_aside(*, author: Person, incoming_id: int) -> Incoming:
    """Not for this practice: nothing of it is kept but the date. Raises Refused."""
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if row.state not in (State.WAITING, State.UNREADABLE):
        raise Refused("Ce résultat a déjà été traité.")
    row.state, row.sealed, row.domain_key_id = State.REFUSED, None, None
    row.seen_at, row.seen_by = timezone.now(), author.pk
    row.save()
    journal.record("result.refused", object_id=row.pk)
    return row


def to_treat(person: Person) -> int:
    """How many wait or are unseen for someone: one query."""
    states = [State.WAITING, State.UNREADABLE, State.FILED]
    return Incoming.objects.filter(for_person_id=person.pk, state__in=states).count()
