"""Appointments as the calendar wants them: plain dicts, built by hand because a week holds hundreds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from serment.agenda import clock
from serment.agenda.models import Appointment, AppointmentType
from serment.agenda.services import MOVABLE
from serment.patients.models import Patient
from serment.patients.payloads import Identity
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.keyring import Keyring, NoKey
from serment.vault.prepared import Prepared
from serment.vault.tenancy import current_practice

# One query for the appointments, the sealed names and the keys that open them: the ORM would take three, and build
# two datetimes per row, which costs more than opening the names. Every join carries the practice (DESIGN §5). The
# practice's own key, for callers without a file, is not joined: PostgreSQL could not use its index for both at once.
_SELECT = """
SELECT a.id, a.practitioner_id, a.patient_id, a.type_id, a.state, a.home_visit, a.version, a.changed_seq,
  a.details, CAST(a.start AS text), CAST(a."end" AS text),
  p.identity, a.patient_id, k.circle_id, k.domain_key_id, k.to_public, k.wrapped
FROM agenda_appointment AS a
LEFT JOIN patients_patient AS p ON p.practice_id = a.practice_id AND p.id = a.patient_id
LEFT JOIN vault_subjectkey AS k ON k.practice_id = a.practice_id
  AND k.subject_id = a.patient_id AND k.domain = 'admin'
WHERE a.practice_id = %s AND """
CHANGED = "a.changed_seq > %s ORDER BY a.changed_seq LIMIT %s"


def between(practitioner_ids: list[int]) -> str:
    """The condition of a calendar: some practitioners (their ids are values), from an instant to another."""
    marks = ", ".join(["%s"] * len(practitioner_ids)) or "NULL"
    return (
        f"a.practitioner_id IN ({marks}) AND a.start >= %s AND a.start < %s "
        "AND a.state <> 'cancelled' ORDER BY a.start, a.id"
    )


_STATE_LABELS = {state.value: str(state.label) for state in Appointment.State}
_MOVABLE = {state.value for state in MOVABLE}
UNNAMED = "Rendez-vous"


_TYPES = Prepared(lambda: AppointmentType.objects.order_by("label"))


def types_by_id() -> dict[int, AppointmentType]:
    return {row.pk: row for row in _TYPES.all()}


def read(keyring: Keyring, where: str, *values: Any) -> tuple[list[tuple[Any, ...]], dict[int, str]]:
    """Appointments (tuples of the columns of _SELECT) and what to call each, by id: one query, or two.

    ``where`` is `between(…)` or CHANGED. Raises NoKey without the admin domain, CannotOpen.
    """
    if not keyring.holds(Domain.ADMIN):
        raise NoKey("no key of domain admin")
    adapt = connection.ops.adapt_datetimefield_value
    values = tuple(adapt(v) if isinstance(v, datetime) else v for v in values)
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + where, [current_practice(), *values])
        rows = cursor.fetchall()
    return rows, _titles(keyring, rows)


def _titles(keyring: Keyring, rows: list[tuple[Any, ...]]) -> dict[int, str]:
    wrapped = ((row[12], Domain.ADMIN, *row[13:17]) for row in rows if row[14] is not None)
    keys = keyring.unwrap(wrapped, [Domain.ADMIN])[Domain.ADMIN]
    identities = {row[2]: row[11] for row in rows if row[2] is not None}
    opened = keys.open_many(Patient, "identity", ((pk, pk, sealed) for pk, sealed in identities.items()))
    names = {pk: _display_name(_Names(identity)) for pk, identity in opened}
    found = {row[0]: names.get(row[2], UNNAMED) for row in rows}
    practice_id = current_practice()
    callers = [(row[0], practice_id, row[8]) for row in rows if row[2] is None and row[8] is not None]
    if callers:
        own = keyring.subject_keys([practice_id], Domain.ADMIN)
        for pk, details in own.open_many(Appointment, "details", callers):
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
    """Rows of `read` → events of the page's contract. Times are Paris wall-clock: ``2026-11-23T14:30``."""
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
