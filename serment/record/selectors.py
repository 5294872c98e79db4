"""Read the record. A constant number of queries whatever its length; only what is shown is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet
from pydantic import BaseModel

from serment.access.models import Person
from serment.formats.names import fold
from serment.record import kinds as registry
from serment.record import moments, trends
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.content import rows_of, searched
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.domains import Domain
from serment.vault.ids import decode, encode
from serment.vault.keyring import Keyring, SubjectKeys
from serment.vault.paths import path
from serment.vault.prepared import Prepared, Slot

_SHOWN = (
    "id",
    "practice_id",
    "patient_id",
    "kind",
    "author_id",
    "encounter_id",
    "occurred_at",
    "created_at",
    "version",
    "state",
    "payload",
)
STANDING_LIMIT = 120
MEASURE_SETS = 8
CONSULTATIONS = 5
PAGE = 20
NAMED_AT_ONCE = 4


def _of_patient() -> QuerySet[Entry]:
    return Entry.objects.filter(patient_id=Slot("patient_id")).only(*_SHOWN)


def _signed(kind: str) -> QuerySet[Entry]:
    return _of_patient().filter(state=Entry.State.SIGNED, kind=kind).order_by("-occurred_at")


_STANDING = Prepared(
    lambda: _of_patient().filter(standing=True).order_by("-occurred_at")[: STANDING_LIMIT + 1]
)
_STANDING_OF_KIND = Prepared(lambda: _of_patient().filter(standing=True, kind=Slot("kind", CharField())))
_WARNING = Prepared(lambda: _of_patient().filter(standing=True, kind__in=("allergy", "pregnancy")))
_MEASURES = Prepared(lambda: _signed("measure")[:MEASURE_SETS])
_CONSULTATIONS = Prepared(lambda: _signed("consultation")[:CONSULTATIONS])
_NEWEST = Prepared(lambda: _of_patient().order_by("-occurred_at", "-pk")[: PAGE + 1])
_AUTHORS = Prepared(
    lambda: Person.objects.select_related("practitioner").filter(
        pk__in=[Slot(f"person_{place}") for place in range(NAMED_AT_ONCE)]
    )
)


@dataclass(frozen=True)
class Item:
    """An opened entry."""

    id: int
    kind: registry.Kind
    occurred_at: datetime
    author_id: int
    version: int
    state: str
    encounter_id: int | None
    content: BaseModel
    recorded_at: datetime

    @property
    def line(self) -> str:
        return str(self.content.line())  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """(label, text) of what is filled."""
        return rows_of(self.content)

    @property
    def url(self) -> str:
        """Of the entry with its versions."""
        return path("record:versions", self.id)

    @property
    def when(self) -> str:
        """When it took place: the day, and the hour where it is known."""
        return moments.text(self.occurred_at)

    @property
    def written_late(self) -> str:
        """The day it was written, where that is not the day it took place; else empty."""
        return moments.written_late(self.occurred_at, self.recorded_at)

    @property
    def late_said(self) -> str:
        """« noté le 24/11/2026 », « reçu le … » of a result and of its original; empty where it is the same day."""
        late = self.written_late
        received = self.kind.code == "result" or self.is_original
        return f"{moments.RECEIVED if received else moments.WRITTEN} {late}" if late else ""

    @property
    def is_original(self) -> bool:
        """Whether it is the original of a result of the record, which shows it."""
        return getattr(self.content, "result_id", None) is not None

    @property
    def in_error(self) -> bool:
        return self.state == Entry.State.IN_ERROR


def opened(keys: SubjectKeys, row: Entry) -> Item:
    """Raises CannotOpen."""
    kind = registry.get(row.kind)
    return _item(row, kind, kind.model.model_validate(keys.open(row, "payload")))


def _item(row: Entry, kind: registry.Kind, content: BaseModel) -> Item:
    return Item(
        row.pk,
        kind,
        row.occurred_at,
        row.author_id,
        row.version,
        row.state,
        row.encounter_id,
        content,
        row.created_at,
    )


@dataclass
class Summary:
    """What a practitioner must have in sight. ``more``: some standing entries are in the timeline only."""

    problems: list[Item] = field(default_factory=list)
    allergies: list[Item] = field(default_factory=list)
    history: list[Item] = field(default_factory=list)
    treatments: list[Item] = field(default_factory=list)
    others: list[Item] = field(default_factory=list)
    measures: list[trends.Last] = field(default_factory=list)
    consultations: list[Item] = field(default_factory=list)
    more: bool = False

    @property
    def past(self) -> list[tuple[str, list[Item]]]:
        """Personal history by type, as the « volet de synthèse médicale » heads it; what is empty is left out."""
        sides = {"personal": "Antécédents médicaux", "surgical": "Antécédents chirurgicaux"}
        found = [(title, self._history(side)) for side, title in sides.items()]
        return [(title, items) for title, items in found if items]

    @property
    def family(self) -> list[Item]:
        return self._history("family")

    def _history(self, side: str) -> list[Item]:
        return [item for item in self.history if getattr(item.content, "side", "") == side]

    @property
    def risks(self) -> list[tuple[str, list[Item]]]:
        """Habits and situation: the risk factors of the « volet de synthèse médicale »."""
        titles = {"lifestyle": "Mode de vie", "situation": "Situation et facteurs professionnels"}
        found = [(title, [i for i in self.others if i.kind.code == code]) for code, title in titles.items()]
        return [(title, items) for title, items in found if items]

    @property
    def watch(self) -> list[Item]:
        """Points to watch: a pregnancy under way, and any standing kind of another room."""
        return [item for item in self.others if item.kind.code not in ("lifestyle", "situation")]


def summary(*, keyring: Keyring, patient_id: int) -> Summary:
    """Four queries: keys, standing entries, last measures, last consultations. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    found = _lasting(keys, patient_id)
    found.measures = trends.last_values(
        (row.occurred_at, keys.open(row, "payload")["values"]) for row in _MEASURES.all(patient_id=patient_id)
    )
    found.consultations = [opened(keys, row) for row in _CONSULTATIONS.all(patient_id=patient_id)]
    return found


def standing(*, keyring: Keyring, patient_id: int) -> Summary:
    """The lasting part of the summary: problems, allergies, history, treatments. Two queries. Raises NoKey."""
    return _lasting(patient_keys(keyring, patient_id), patient_id)


def _lasting(keys: SubjectKeys, patient_id: int) -> Summary:
    found = Summary()
    rows = _STANDING.all(patient_id=patient_id)
    found.more = len(rows) > STANDING_LIMIT
    places = {
        "problem": found.problems,
        "allergy": found.allergies,
        "history": found.history,
        "treatment": found.treatments,
    }
    for row in rows[:STANDING_LIMIT]:
        places.get(row.kind, found.others).append(opened(keys, row))
    return found


@dataclass(frozen=True)
class Cursor:
    """Where a page of the timeline ends: entries signed together share their moment, so the id tells them apart."""

    moment: datetime
    id: int

    @property
    def text(self) -> str:
        return f"{self.moment.isoformat()}~{encode(self.id)}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """None for anything that `text` does not make."""
        moment, _, id_text = text.partition("~")
        try:
            at = datetime.fromisoformat(moment)
            return cls(at, decode(id_text)) if at.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """A page of the timeline, newest first; ``after`` leads to the older ones."""

    items: list[Item]
    authors: dict[int, str]
    after: Cursor | None


def timeline(
    *,
    keyring: Keyring,
    patient_id: int,
    before: Cursor | None = None,
    kinds: Iterable[str] = (),
    since: datetime | None = None,
    limit: int = PAGE,
) -> Page:
    """Three queries: keys, entries, their authors. A page may be shorter than ``limit``: a result shows its original.

    Raises NoKey.
    """
    keys = patient_keys(keyring, patient_id)
    wanted = list(kinds)
    if before is None and since is None and not wanted and limit == PAGE:
        found = _NEWEST.all(patient_id=patient_id)
    else:
        found = _older(patient_id, before, wanted, since, limit)
    items = [opened(keys, row) for row in found[:limit]]
    after = Cursor(items[-1].occurred_at, items[-1].id) if len(found) > limit else None
    if not wanted or "result" in wanted:
        items = [item for item in items if not item.is_original]
    return Page(items, author_names({item.author_id for item in items}), after)


def _older(
    patient_id: int, before: Cursor | None, kinds: list[str], since: datetime | None, limit: int
) -> list[Entry]:
    rows = Entry.objects.filter(patient_id=patient_id).only(*_SHOWN).order_by("-occurred_at", "-pk")
    if before is not None:
        rows = rows.filter(occurred_at__lte=before.moment).filter(
            Q(occurred_at__lt=before.moment) | Q(pk__lt=before.id)
        )
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    return list(rows[: limit + 1])


def author_names(ids: set[int]) -> dict[int, str]:
    """Display names by person: one query, or none."""
    if not ids:
        return {}
    if len(ids) <= NAMED_AT_ONCE:
        asked = [*ids, *[0] * (NAMED_AT_ONCE - len(ids))]
        people = _AUTHORS.all(**{f"person_{place}": pk for place, pk in enumerate(asked)})
    else:
        people = list(Person.objects.select_related("practitioner").filter(pk__in=ids))
    return {person.pk: person.display_name for person in people}


def one(*, keyring: Keyring, entry: Entry) -> Item:
    """One entry, opened. Raises NoKey, CannotOpen."""
    return opened(patient_keys(keyring, entry.patient_id), entry)


def of_kind(*, keyring: Keyring, patient_id: int, kind: str, limit: int = 200) -> list[Item]:
    """Signed entries of one kind, newest first: two queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = Entry.objects.filter(patient_id=patient_id, kind=kind, state=Entry.State.SIGNED).only(*_SHOWN)
    return [opened(keys, row) for row in rows.order_by("-occurred_at", "-pk")[:limit]]


def of_kinds(
    *,
    keyring: Keyring,
    patient_id: int,
    kinds: Iterable[str],
    limit: int = 400,
    since: datetime | None = None,
) -> dict[str, list[Item]]:
    """Signed entries of several kinds, newest first, by kind: two queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    found: dict[str, list[Item]] = {kind: [] for kind in kinds}
    rows = Entry.objects.filter(patient_id=patient_id, kind__in=found, state=Entry.State.SIGNED).only(*_SHOWN)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    for row in rows.order_by("-occurred_at", "-pk")[:limit]:
        found[row.kind].append(opened(keys, row))
    return found


def last_content(*, keyring: Keyring, patient_id: int, kind: str) -> Any:
    """Content of the newest signed entry of a kind, None where there is none. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    row = (
        Entry.objects.filter(patient_id=patient_id, kind=kind, state=Entry.State.SIGNED)
        .only(*_SHOWN)
        .order_by("-occurred_at", "-pk")
        .first()
    )
    return opened(keys, row).content if row is not None else None


def lines_of(*, keyring: Keyring, rows: Iterable[Entry]) -> dict[int, str]:
    """Entry id → its one line, for a list over many patients; those without a key are left out. One query."""
    rows = list(rows)
    keys = keyring.subject_keys({row.patient_id for row in rows}, Domain.CARE)
    return {row.pk: opened(keys, row).line for row in rows if row.patient_id in keys}


def find_in(*, keyring: Keyring, patient_id: int, text: str, limit: int = 60) -> Page:
    """Entries that hold every typed word, newest first: the record is opened in memory, nothing is indexed in clear.

    Three queries. Raises NoKey.
    """
    keys = patient_keys(keyring, patient_id)
    wanted = fold(text).split()
    rows = Entry.objects.filter(patient_id=patient_id).only(*_SHOWN).order_by("-occurred_at", "-pk")
    items = []
    for row in rows.iterator(chunk_size=500):
        payload = keys.open(row, "payload")
        kind = registry.get(row.kind)
        held = fold(" ".join(searched(kind.model, payload)))
        if wanted and all(word in held for word in wanted):
            content = kind.model.model_validate(payload)
            items.append(_item(row, kind, content))
            if len(items) >= limit:
                break
    return Page(items, author_names({item.author_id for item in items}), None)


def _standing(keyring: Keyring, patient_id: int, kind: str) -> list[dict[str, Any]]:
    keys = patient_keys(keyring, patient_id)
    rows = _STANDING_OF_KIND.all(patient_id=patient_id, kind=kind)
    return [keys.open(row, "payload") for row in rows]


def allergies(*, keyring: Keyring, patient_id: int) -> list[Allergy]:
    """Standing allergies. Two queries. Raises NoKey."""
    return [Allergy.model_validate(found) for found in _standing(keyring, patient_id, "allergy")]


def warning(*, keyring: Keyring, patient_id: int) -> list[Item]:
    """What every page of the patient must say: standing allergies, then a pregnancy. Two queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    found = [opened(keys, row) for row in _WARNING.all(patient_id=patient_id)]
    return sorted(found, key=lambda item: item.kind.code != "allergy")


def problems(*, keyring: Keyring, patient_id: int) -> list[Problem]:
    """Standing problems. Two queries. Raises NoKey."""
    return [Problem.model_validate(found) for found in _standing(keyring, patient_id, "problem")]
