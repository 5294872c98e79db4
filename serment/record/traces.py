"""What the access list of a patient says more about sharing: with which circle, and who was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from serment.access.models import Person
from serment.journal.models import Event
from serment.practice.models import Circle

_CIRCLES = ("record.shared", "record.unshared")
_PEOPLE = ("record.set_aside", "record.brought_back")


def words(request: Any, patient_id: int, events: Sequence[Event]) -> dict[int, str]:
    """Journal number → name: two queries at most."""
    circles = {event.object_id for event in events if event.action in _CIRCLES}
    people = {event.object_id for event in events if event.action in _PEOPLE}
    names: dict[int | None, str] = {}
    if circles:
        names |= dict(Circle.objects.filter(pk__in=circles).values_list("pk", "name"))
    if people:
        rows = Person.objects.filter(pk__in=people).select_related("practitioner")
        names |= {person.pk: person.display_name for person in rows}
    return {
        event.seq: names[event.object_id]
        for event in events
        if event.action in (*_CIRCLES, *_PEOPLE) and event.object_id in names
    }
