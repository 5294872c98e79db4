"""Which care keys were shared, told from the journal: for keys kept before a column said it (R6.2)."""

from __future__ import annotations

from typing import Any

TOLD = ("record.shared", "record.unshared")


def mark(events: Any, keys: Any) -> None:
    """Mark the keys of invited circles, of every practice that ``events`` and ``keys`` (querysets) reach.

    The last word of the journal counts; where every key of a patient would be a guest's, the oldest circle stays.
    """
    guests: dict[tuple[int, int], set[int]] = {}
    told = events.filter(action__in=TOLD).order_by("practice_id", "seq")
    for practice, patient, circle, action in told.values_list(
        "practice_id", "subject_id", "object_id", "action"
    ):
        invited = guests.setdefault((practice, patient), set())
        if action == "record.shared":
            invited.add(circle)
        else:
            invited.discard(circle)
    for (practice, patient), invited in guests.items():
        held = keys.filter(practice_id=practice, subject_id=patient, domain="care")
        circles = set(held.values_list("circle_id", flat=True))
        if circles and circles <= invited:
            invited.discard(min(circles))
        held.filter(circle_id__in=invited).update(shared=True)
