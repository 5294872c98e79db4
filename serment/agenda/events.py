"""Appointments as the calendar wants them: plain dicts, built by hand because a week holds hundreds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from serment.agenda.models import Appointment, AppointmentType
from serment.agenda.services import MOVABLE
from serment.patients.selectors import open_identities
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.keyring import Keyring

COLUMNS = (
    "id",
    "practice_id",
    "practitioner_id",
    "patient_id",
    "type_id",
    "start",
    "end",
    "state",
    "home_visit",
    "details",
    "version",
)
_STATE_LABELS = {state.value: str(state.label) for state in Appointment.State}
_MOVABLE = {state.value for state in MOVABLE}
UNNAMED = "Rendez-vous"


def types_by_id() -> dict[int, AppointmentType]:
    return {row.pk: row for row in AppointmentType.objects.order_by("label")}


def titles(keyring: Keyring, rows: list[tuple[Any, ...]]) -> dict[int, str]:
    """What to call each appointment (rows of COLUMNS), by its id: two queries, three if someone has no file yet."""
    patients = open_identities(keyring, {row[3] for row in rows if row[3] is not None})
    names = {pk: identity.display_name for pk, identity in patients.items()}
    found = {row[0]: names.get(row[3], UNNAMED) for row in rows if row[3] is not None}
    callers = [row for row in rows if row[3] is None and row[9] is not None]
    if callers:
        keys = keyring.subject_keys([keyring.practice_id], Domain.ADMIN)
        for row in callers:
            held = Appointment(id=row[0], practice_id=row[1], patient_id=None, details=row[9])
            found[row[0]] = keys.open(held, "details").name or UNNAMED
    return found


def as_events(
    rows: Iterable[tuple[Any, ...]],
    names: dict[int, str],
    types: dict[int, AppointmentType],
    *,
    editable: bool,
) -> list[dict[str, Any]]:
    """Rows of COLUMNS → events of the page's contract. Times are Paris wall-clock: ``2026-11-23T14:30``."""
    zone, practitioners = timezone.get_current_timezone(), _Ids()
    before, after = reverse("agenda:appointment", args=[0]).split(encode(0))
    looks = {pk: (kind.colour, kind.label) for pk, kind in types.items()}
    events = []
    for pk, _, practitioner_id, _, type_id, start, end, state, home, _, version in rows:
        text, (colour, label) = encode(pk), looks.get(type_id, ("", ""))
        events.append(
            {
                "id": text,
                "resourceId": practitioners[practitioner_id],
                "start": _wall(start, zone),
                "end": _wall(end, zone),
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


def _wall(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).isoformat()[:16]


class _Ids(dict):
    """Ids as they are written in URLs, each encoded once."""

    def __missing__(self, key: int) -> str:
        self[key] = text = encode(key)
        return text
