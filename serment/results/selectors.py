"""What waits for someone, abnormal first; what was seen, by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from serment.access.models import Person
from serment.formats import dates
from serment.formats.text import number_text
from serment.patients.restrictions import closed_to
from serment.patients.selectors import names_of
from serment.record import conversions
from serment.record.beside import Beside
from serment.record.kinds.result import Result, ResultValue
from serment.record.lab_trends import Series, group_of, key_of, series_of
from serment.record.models import Entry
from serment.record.selectors import author_names, of_kind, one
from serment.results import corrections
from serment.results.models import Incoming
from serment.vault import custody
from serment.vault.keyring import Keyring
from serment.vault.paths import path

State = Incoming.State
WAITING = (State.WAITING, State.UNREADABLE, State.FILED)


OPENED = 60


@dataclass(frozen=True)
class Row:
    """A line of the list: the row, the patient's name where there is one, who saw it.

    ``on_message`` and ``laboratory``: whom and what laboratory the message names, while nobody has said whose it is.
    """

    incoming: Incoming
    name: str = ""
    seen_by: str = ""
    on_message: str = ""
    laboratory: str = ""
    in_error: bool = False


def of(person: Person, *, everyone: bool = False) -> QuerySet[Incoming]:
    """Rows addressed to someone and to nobody in particular of their circle; of the whole circle with ``everyone``.

    Without those of patients who set that person aside; what is addressed to someone set aside is nobody's. A
    substitute sees what is addressed to whom they replace, for the time of it.
    """
    circle_id = person.practitioner.circle_id if person.practitioner else 0
    rows = Incoming.objects.filter(~closed_to(person.pk))
    if everyone:
        return rows.filter(circle_id=circle_id)
    mine = Q(for_person_id=person.pk)
    if (replaced := person.standing_for) is not None:
        mine |= Q(for_person_id__in=Person.objects.filter(practitioner_id=replaced.pk).values("pk"))
    nobodys = Q(for_person_id=None) | Q(closed_to(OuterRef("for_person_id")))
    return rows.filter(mine | nobodys & Q(circle_id=circle_id))


def replaced_by(person: Person) -> set[int]:
    """The people whom a substitute stands for today: no query for anyone else."""
    who = person.standing_for
    return set(Person.objects.filter(practitioner_id=who.pk).values_list("pk", flat=True)) if who else set()


def marked_in_error() -> Exists:
    """Whether the entry of a row was marked in error in the record: it waits for nobody there."""
    return Exists(Entry.objects.filter(pk=OuterRef("entry_id"), state=Entry.State.IN_ERROR))


def waiting(*, keyring: Keyring, person: Person, everyone: bool = False, limit: int = 200) -> list[Row]:
    """What is to be treated, critical first, then abnormal, then the oldest.

    Five queries; the first sixty messages are opened.
    """
    rows = of(person, everyone=everyone).filter(~marked_in_error(), state__in=(*WAITING, State.ARRIVED))
    found = _named(keyring, list(rows.order_by("-critical", "-abnormal", "received_at")[:limit]))
    return _with_messages(keyring, found)


def _with_messages(keyring: Keyring, rows: list[Row]) -> list[Row]:
    asked = [row.incoming for row in rows if row.incoming.state == State.WAITING][:OPENED]
    opened = custody.take_out_each(
        keyring, [(one.domain_key_id or 0, bytes(one.sealed or b""), f"result|{one.pk}") for one in asked]
    )
    said = {}
    for row, data in zip(asked, opened, strict=True):
        report = json.loads(data)["report"] if data else None
        if report:
            said[row.pk] = (f"{report['family']} {report['given']}".strip(), report["laboratory"])
    return [
        replace(row, on_message=name, laboratory=laboratory)
        for row in rows
        for name, laboratory in [said.get(row.incoming.pk, ("", ""))]
    ]


def seen(*, keyring: Keyring, person: Person, limit: int = 12) -> list[Row]:
    """The last ones seen, set aside or marked in error, with a name and a date. Four queries."""
    rows = of(person, everyone=True).annotate(in_error=marked_in_error())
    done = rows.filter(Q(state__in=(State.SEEN, State.REFUSED)) | Q(state=State.FILED, in_error=True))
    return _named(keyring, list(done.order_by(Coalesce(F("seen_at"), F("received_at")).desc())[:limit]))


def _named(keyring: Keyring, rows: list[Incoming]) -> list[Row]:
    names = names_of(keyring=keyring, patient_ids={row.patient_id for row in rows if row.patient_id})
    people = author_names({row.seen_by for row in rows if row.seen_by})
    found = []
    for row in rows:
        who = names.get(row.patient_id) if row.patient_id else None
        name, in_error = who.display_name if who else "", getattr(row, "in_error", False)
        found.append(Row(row, name, people.get(row.seen_by or 0, ""), in_error=in_error))
    return found


@dataclass(frozen=True)
class Line:
    """A value, the one before it of the same examination, and what it was before its correction.

    ``before``: as it was written, and in the unit of the value where that is another.
    """

    value: ResultValue
    before: str = ""
    way: str = ""
    replaced: str = ""


def lines(*, keyring: Keyring, entry: Entry) -> list[Line]:
    """Values of a filed result, abnormal first, each beside the previous one. Two queries more than the entry."""
    item = one(keyring=keyring, entry=entry)
    result: Result = item.content  # type: ignore[assignment]
    others: list[Any] = of_kind(keyring=keyring, patient_id=entry.patient_id, kind="result")
    filed = [(item.recorded_at, result), *((o.recorded_at, o.content) for o in others if o.id != entry.pk)]
    series = {found.key: found for found in series_of(filed)}
    past = [o.content for o in others if o.id != entry.pk]
    return [
        replace(_line(value, series.get(group_of(value))), replaced=corrections.replaced(value, result, past))
        for value in result.sorted_values
    ]


def _line(value: ResultValue, series: Series | None) -> Line:
    points = series.points if series else []
    place = next((n for n, (_, found) in enumerate(points) if found is value), 0)
    if not place:
        return Line(value)
    moment, last = points[place - 1]
    assert last.number is not None and value.number is not None
    key, unit = key_of(last), key_of(value)[1]
    number, said = conversions.convert(last.number, key, unit), last.text
    if key[1] != unit:
        doubt = ", à vérifier" if conversions.to_check(key) else ""
        said += f" (soit {number_text(number)} {unit}{doubt})"
    way = "↗" if value.number > number else "↘" if value.number < number else "→"
    return Line(value, f"{said} le {moment:%d/%m/%Y}", way)


def beside(entry_id: int) -> list[Beside]:
    """Who acknowledged a result and when, with its page and its original. Two queries."""
    row = Incoming.objects.filter(entry_id=entry_id, state__in=(State.FILED, State.SEEN)).first()
    if row is None:
        return []
    links = [("Lire le résultat", path("results:read", row.pk))]
    if row.original_id and row.original_id != entry_id:
        links.append(("Message d’origine", path("record:document", row.original_id)))
    if row.state != State.SEEN or row.seen_at is None:
        return [Beside("Prise de connaissance", "Pas encore vu.", tuple(links))]
    name, seen = author_names({row.seen_by or 0}).get(row.seen_by or 0, ""), timezone.localtime(row.seen_at)
    said = f"Vu par {name} le {dates.short(seen)} à {dates.clock(seen)}."
    return [Beside("Prise de connaissance", said, tuple(links))]
