"""Appointments as the calendar wants them: plain dicts, built by hand because a week holds hundreds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from serment.agenda import clock
from serment.agenda.models import Appointment, AppointmentType
from serment.agenda.services import MOVABLE
from serment.patients.models import Patient
from serment.patients.payloads import Identity
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.keyring import Keyring

COLUMNS = (
    "id",
    "practitioner_id",
    "patient_id",
    "type_id",
    "state",
    "home_visit",
    "version",
    "details",
    "patient__identity",
    "start_text",
    "end_text",
)
_STATE_LABELS = {state.value: str(state.label) for state in Appointment.State}
_MOVABLE = {state.value for state in MOVABLE}
UNNAMED = "Rendez-vous"


def types_by_id() -> dict[int, AppointmentType]:
    return {row.pk: row for row in AppointmentType.objects.order_by("label")}


def read(rows: QuerySet[Appointment], *more: str) -> list[tuple[Any, ...]]:
    """Tuples of COLUMNS (then ``more``), with the times as UTC text: making two datetimes per row costs more than
    all the rest.
    """
    texts = {"start_text": Cast("start", TextField()), "end_text": Cast("end", TextField())}
    return list(rows.annotate(**texts).values_list(*COLUMNS, *more))


def titles(keyring: Keyring, rows: Iterable[tuple[Any, ...]]) -> dict[int, str]:
    """What to call each appointment, by its id: one query, for the keys."""
    patients: dict[int, Any] = {}
    callers: list[tuple[int, Any]] = []
    found: dict[int, str] = {}
    of: dict[int, int] = {}
    for pk, _, patient_id, _, _, _, _, details, identity, *_ in rows:
        if patient_id is not None:
            patients[patient_id], of[pk] = identity, patient_id
        elif details is not None:
            callers.append((pk, details))
    if not patients and not callers:
        return found
    subjects = [*patients, keyring.practice_id] if callers else list(patients)
    keys = keyring.subject_keys(subjects, Domain.ADMIN)
    opened = keys.open_many(Patient, "identity", ((pk, pk, sealed) for pk, sealed in patients.items()))
    names = {pk: _display_name(_Names(identity)) for pk, identity in opened}
    found = {pk: names.get(patient_id, UNNAMED) for pk, patient_id in of.items()}
    own = keyring.practice_id
    for pk, details in keys.open_many(Appointment, "details", ((pk, own, sealed) for pk, sealed in callers)):
        found[pk] = details.get("name") or UNNAMED
    return found


class _Names:
    """Just what `Identity.display_name` reads, from an identity as it is stored: checking hundreds of whole
    identities again would cost more than opening them.
    """

    def __init__(self, stored: dict[str, Any]) -> None:
        self.birth_family_name = stored["birth_family_name"]
        self.first_given_name = stored["first_given_name"]
        self.used_family_name = stored.get("used_family_name", "")
        self.used_given_name = stored.get("used_given_name", "")
        self.sex = stored.get("sex", "U")


_display_name = Identity.display_name.fget


def as_events(
    rows: Iterable[tuple[Any, ...]],
    names: dict[int, str],
    types: dict[int, AppointmentType],
    *,
    editable: bool,
) -> list[dict[str, Any]]:
    """Rows of COLUMNS → events of the page's contract. Times are Paris wall-clock: ``2026-11-23T14:30``."""
    wall, practitioners = _Walls(), _Ids()
    before, after = reverse("agenda:appointment", args=[0]).split(encode(0))
    looks = {pk: (kind.colour, kind.label) for pk, kind in types.items()}
    events = []
    for pk, practitioner_id, _, type_id, state, home, version, _, _, start, end, *_ in rows:
        text, (colour, label) = encode(pk), looks.get(type_id, ("", ""))
        events.append(
            {
                "id": text,
                "resourceId": practitioners[practitioner_id],
                "start": wall[start[:13]] + start[13:16],
                "end": wall[end[:13]] + end[13:16],
                "title": names.get(pk, UNNAMED),
                "state": state,
                "stateLabel": _STATE_LABELS[state],
                "color": colour,
                "typeLabel": f"{label}, à domicile" if home else label,
                "url": f"{before}{text}{after}",
                "editable": editable and state in _MOVABLE,
                "version": version,
            }
        )
    return events


class _Walls(dict):
    """UTC hours as the database writes them → Paris hours: « 2026-11-23 13 » → « 2026-11-23T14 »."""

    def __missing__(self, hour: str) -> str:
        moment = datetime.fromisoformat(f"{hour}:00:00+00:00")
        self[hour] = text = f"{clock.wall(moment):%Y-%m-%dT%H}"
        return text


class _Ids(dict):
    """Ids as they are written in URLs, each encoded once."""

    def __missing__(self, key: int) -> str:
        self[key] = text = encode(key)
        return text
