"""Read the record. A constant number of queries whatever its length; only what is shown is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from pydantic import BaseModel

from serment.access.models import Person
from serment.formats.units import MEASURES
from serment.record import kinds
from serment.record.kinds.allergy import Allergy
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.keyring import Keyring, SubjectKeys

_SHOWN = (
    "id",
    "practice_id",
    "patient_id",
    "kind",
    "author_id",
    "encounter_id",
    "occurred_at",
    "version",
    "state",
    "payload",
)
STANDING_LIMIT = 120


@dataclass(frozen=True)
class Item:
    """An opened entry."""

    id: int
    kind: kinds.Kind
    occurred_at: datetime
    author_id: int
    version: int
    state: str
    encounter_id: int | None
    content: BaseModel

    @property
    def line(self) -> str:
        return str(self.content.line())  # type: ignore[attr-defined]

    @property
    def in_error(self) -> bool:
        return self.state == Entry.State.IN_ERROR


def _open(keys: SubjectKeys, row: Entry) -> Item:
    kind = kinds.get(row.kind)
    content = kind.model.model_validate(keys.open(row, "payload"))
    return Item(
        row.pk, kind, row.occurred_at, row.author_id, row.version, row.state, row.encounter_id, content
    )


@dataclass
class Summary:
    """What a practitioner must have in sight."""

    problems: list[Item] = field(default_factory=list)
    allergies: list[Item] = field(default_factory=list)
    history: list[Item] = field(default_factory=list)
    treatments: list[Item] = field(default_factory=list)
    measures: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    consultations: list[Item] = field(default_factory=list)
    more: bool = False


def summary(*, keyring: Keyring, patient_id: int) -> Summary:
    """Four queries: keys, standing entries, last measures, last consultations. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    base = Entry.objects.filter(patient_id=patient_id).only(*_SHOWN)
    found = Summary()
    standing = list(base.filter(standing=True).order_by("-occurred_at")[: STANDING_LIMIT + 1])
    found.more = len(standing) > STANDING_LIMIT
    places = {
        "problem": found.problems,
        "allergy": found.allergies,
        "history": found.history,
        "treatment": found.treatments,
    }
    for row in standing[:STANDING_LIMIT]:
        places[row.kind].append(_open(keys, row))
    measures = base.filter(kind="measure", state=Entry.State.SIGNED).order_by("-occurred_at")[:8]
    found.measures = _latest([_open(keys, row) for row in measures])
    consultations = base.filter(kind="consultation").order_by("-occurred_at")[:5]
    found.consultations = [_open(keys, row) for row in consultations]
    return found


def _latest(items: list[Item]) -> list[tuple[str, str, str, datetime]]:
    """(label, text, trend in words, when) of the last value of each measure."""
    series: dict[str, list[tuple[datetime, float]]] = {}
    for item in items:
        for code, value in item.content.values.items():  # type: ignore[attr-defined]
            series.setdefault(code, []).append((item.occurred_at, value))
    found = []
    for code, kind in MEASURES.items():
        if code in series:
            (when, value), *older = series[code]
            trend = ""
            if older and value != older[0][1]:
                trend = "en hausse" if value > older[0][1] else "en baisse"
            found.append((kind.label, kind.text(value), trend, when))
    return found


def timeline(
    *,
    keyring: Keyring,
    patient_id: int,
    before: tuple[datetime, int] | None = None,
    kind: str = "",
    limit: int = 20,
) -> tuple[list[Item], dict[int, str]]:
    """A page of the record, newest first, and the names of its authors. Three queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = Entry.objects.filter(patient_id=patient_id).only(*_SHOWN).order_by("-occurred_at", "-pk")
    if before is not None:
        when, pk = before
        # Entries signed together share their time: the id tells where the page ended among them.
        rows = rows.filter(Q(occurred_at__lt=when) | Q(occurred_at=when, pk__lt=pk))
    if kind:
        rows = rows.filter(kind=kind)
    items = [_open(keys, row) for row in rows[:limit]]
    return items, author_names({item.author_id for item in items})


def author_names(ids: set[int]) -> dict[int, str]:
    people = Person.objects.select_related("practitioner").filter(pk__in=ids)
    return {person.pk: person.display_name for person in people}


def one(*, keyring: Keyring, entry: Entry) -> Item:
    return _open(patient_keys(keyring, entry.patient_id), entry)


def measure_series(
    *, keyring: Keyring, patient_id: int, limit: int = 300
) -> dict[str, list[tuple[datetime, float]]]:
    """Values by measure code, oldest first. Two queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = (
        Entry.objects.filter(patient_id=patient_id, kind="measure", state=Entry.State.SIGNED)
        .only(*_SHOWN)
        .order_by("-occurred_at")[:limit]
    )
    series: dict[str, list[tuple[datetime, float]]] = {}
    for row in reversed(rows):
        for code, value in keys.open(row, "payload")["values"].items():
            series.setdefault(code, []).append((row.occurred_at, value))
    return series


def allergies(*, keyring: Keyring, patient_id: int) -> list[Allergy]:
    """Standing allergies. Two queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = Entry.objects.filter(patient_id=patient_id, kind="allergy", standing=True).only(*_SHOWN)
    return [Allergy.model_validate(keys.open(row, "payload")) for row in rows]


def versions(*, keyring: Keyring, entry: Entry) -> list[dict[str, Any]]:
    """Older versions of an entry, newest first, each opened with its reason."""
    keys = patient_keys(keyring, entry.patient_id)
    model = kinds.get(entry.kind).model
    return [
        {
            "row": row,
            "content": model.model_validate(keys.open(row, "payload")),
            "reason": keys.open(row, "reason")["text"],
        }
        for row in entry.versions.order_by("-number")
    ]
