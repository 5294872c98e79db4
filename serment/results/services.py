"""Receive, file in the record at a person's word, see. The original is kept with the record."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.formats import cda_lab, hl7, hprim
from serment.formats.labs import BadMessage, Report, Value
from serment.journal import services as journal
from serment.record import files
from serment.record.kinds.result import Result, ResultValue
from serment.record.models import Entry
from serment.record.services import Refused
from serment.results import corrections
from serment.results.models import Incoming
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

MAX_BYTES = files.MAX_BYTES
EARLIEST_YEAR = 1900
State = Incoming.State


@dataclass(frozen=True)
class Outcome:
    """What one file gave: reports waiting, known already, unreadable.

    ``in_error``: of the known ones, those marked in error in the record where they were filed.
    """

    waiting: int = 0
    known: int = 0
    unreadable: int = 0
    in_error: int = 0


@dataclass(frozen=True)
class Opened:
    """What waits: the report, None where it did not read; and the bytes as they came."""

    report: Report | None
    raw: bytes

    @property
    def media_type(self) -> str:
        """Empty for bytes that the record would not keep."""
        try:
            return files.media_type(self.raw)
        except Refused:
            return ""

    @property
    def text(self) -> str:
        """The original as text; empty for a PDF or a picture."""
        return files.as_text(self.raw) if self.media_type == "text/plain" else ""


def read(raw: bytes) -> list[Report]:
    """Reports of a file in any of the three formats. Raises BadMessage."""
    if hl7.looks_like(raw):
        return hl7.read(raw)
    if hprim.looks_like(raw):
        return hprim.read(raw)
    if cda_lab.looks_like(raw):
        return cda_lab.read(raw)
    raise BadMessage("Format non reconnu\u00a0: ni HPRIM Médecin, ni HL7 v2, ni CDA.")


def receive(*, keyring: Keyring, author: Person, raw: bytes) -> Outcome:
    """Take a file in: each report waits for a person's word; one that does not read waits too, with why.

    Raises Refused.
    """
    if author.practitioner is None:
        raise Refused("Seul un praticien reçoit des résultats.")
    if not raw or len(raw) > MAX_BYTES:
        raise Refused("Le fichier est vide ou trop gros (quinze mégaoctets au plus).")
    return sort(keyring=keyring, circle_id=author.practitioner.circle_id, raw=raw, for_person_id=author.pk)


@transaction.atomic
def sort(
    *,
    keyring: Keyring,
    circle_id: int,
    raw: bytes,
    for_person_id: int | None,
    received_at: datetime | None = None,
) -> Outcome:
    """Every report of a file, or none: a file is never half taken in."""
    put = _Putting(keyring, circle_id, for_person_id, received_at or timezone.now())
    try:
        reports = read(raw)
    except BadMessage as error:
        made = put(None, raw, trouble=str(error))
        return Outcome(unreadable=int(made), known=int(not made), in_error=put.in_error)
    # A file about one patient is kept byte for byte; of several, each record keeps its own part and no other.
    alone = len(reports) == 1
    new = sum(put(report, raw if alone else report.original.encode()) for report in reports)
    return Outcome(waiting=new, known=len(reports) - new, in_error=put.in_error)


@dataclass
class _Putting:
    keyring: Keyring
    circle_id: int
    for_person_id: int | None
    received_at: datetime
    in_error: int = 0

    def __call__(self, report: Report | None, raw: bytes, trouble: str = "") -> bool:
        """Seal one report. False where the same is known already."""
        fields = _fields(report)
        known_by = json.dumps(fields, ensure_ascii=False, default=str).encode() if fields else raw
        key = self.keyring.current(Domain.CARE, self.circle_id).index_key
        digest = hmac.new(key, b"result|" + known_by, hashlib.sha256).hexdigest()
        known = Incoming.objects.filter(digest=digest).first()
        if known is not None:
            entries = Entry.objects.filter(pk=known.entry_id, state=Entry.State.IN_ERROR)
            self.in_error += known.entry_id is not None and entries.exists()
            return False
        row = Incoming(
            id=new_id(),
            practice_id=self.keyring.practice_id,
            circle_id=self.circle_id,
            state=State.WAITING if report else State.UNREADABLE,
            digest=digest,
            trouble=trouble[:300],
            for_person_id=self.for_person_id,
            received_at=self.received_at,
        )
        sealed_for(self.keyring, row, report, raw)
        row.save(force_insert=True)
        journal.record("result.received", object_id=row.pk, details={"readable": report is not None})
        return True


def _fields(report: Report | None) -> dict[str, Any] | None:
    """A report as it waits, without its original; a value's unknown particulars are left out."""
    if report is None:
        return None
    fields = asdict(report)
    del fields["original"]
    for value in fields["values"]:
        for name in ("effective", "specimen", "status"):
            value[name] or value.pop(name)
    return fields


def sealed_for(keyring: Keyring, row: Incoming, report: Report | None, raw: bytes) -> None:
    """Put what waits under a row, to the public key of its circle, with what is out of bounds; its caller saves."""
    row.critical, row.abnormal = content(report).counts if report else (0, 0)
    data = {"report": _fields(report), "raw": base64.b64encode(raw).decode()}
    row.domain_key_id, row.sealed = custody.put_in(
        keyring.practice_id,
        Domain.CARE,
        row.circle_id,
        json.dumps(data, default=str).encode(),
        f"result|{row.pk}",
    )


def opened(keyring: Keyring, row: Incoming) -> Opened:
    """What waits under a row. Raises NoKey, CannotOpen."""
    assert row.domain_key_id is not None and row.sealed is not None
    data = json.loads(custody.take_out(keyring, row.domain_key_id, bytes(row.sealed), f"result|{row.pk}"))
    raw = base64.b64decode(data["raw"])
    fields: dict[str, Any] | None = data["report"]
    if fields is None:
        return Opened(None, raw)
    values = [Value(**value) for value in fields.pop("values")]
    days = {name: date.fromisoformat(fields[name]) if fields[name] else None for name in ("born", "made_on")}
    return Opened(Report(**{**fields, **days}, values=values), raw)


@transaction.atomic
def file(
    *,
    keyring: Keyring,
    author: Person,
    incoming_id: int,
    patient_id: int,
    title: str = "",
    differs: Iterable[str] = (),
) -> Incoming:
    """A person says whose it is: into the record, the original as a document beside.

    ``differs``: codes of the traits that differ and were confirmed (`traits.Difference`), for the journal.
    Raises Refused, NoKey, Frozen.
    """
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    if row.state not in (State.WAITING, State.UNREADABLE):
        raise Refused("Ce résultat a déjà été traité.")
    found = opened(keyring, row)
    result = content(found.report) if found.report else None
    result_id, taken = (new_id(), _taken(result)) if result else (None, None)
    document = files.keep(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        data=found.raw,
        title=title.strip()[:160] or "Résultat d’origine",
        kind="result",
        source=(found.report.laboratory if found.report else "")[:120] or "laboratoire",
        dated=found.report.made_on if found.report else None,
        result_id=result_id,
        occurred_at=taken,
    )
    row.entry_id = row.original_id = document.pk
    if result is not None:
        row.entry_id = corrections.add(
            keyring=keyring,
            author=author,
            patient_id=patient_id,
            result=result.model_copy(update={"original_id": document.pk}),
            incoming=row,
            occurred_at=taken,
            entry_id=result_id,
        ).pk
    row.state, row.patient_id = State.FILED, patient_id
    row.sealed = row.domain_key_id = None
    row.save()
    details = {"differs": sorted(differs)}
    journal.record(
        "result.filed",
        subject_id=patient_id,
        object_id=row.pk,
        details=details if details["differs"] else None,
    )
    return row


def _taken(result: Result) -> datetime | None:
    """When the specimen was taken, where the report says it and that can be: neither to come nor before 1900."""
    taken = result.sampled_at
    return taken if taken and taken <= timezone.now() and taken.year >= EARLIEST_YEAR else None


def content(report: Report) -> Result:
    """A report as the record keeps it."""
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
                interpretation=value.interpretation,  # type: ignore[arg-type]
                effective=value.effective,
                specimen=value.specimen,
                status=value.status,  # type: ignore[arg-type]
            )
            for value in report.values[:600]
        ],
    )


@transaction.atomic
def see(*, author: Person, incoming_id: int) -> Incoming:
    """« Vu »: with a name and a date. Raises Refused."""
    row: Incoming = Incoming.objects.select_for_update().get(pk=incoming_id)
    in_error = Entry.objects.filter(pk=row.entry_id, state=Entry.State.IN_ERROR).exists()
    if row.state != State.FILED or in_error:
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
