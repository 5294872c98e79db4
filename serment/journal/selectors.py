"""Read the journal."""

from __future__ import annotations

from django.db.models import QuerySet

from serment.journal.models import Event


def events(
    *, subject_id: int | None = None, actor_id: int | None = None, action: str = "", before: int | None = None
) -> QuerySet[Event]:
    """Events of the practice, newest first, by subject, actor, action prefix, or older than a number."""
    found = Event.objects.order_by("-seq")
    if subject_id is not None:
        found = found.filter(subject_id=subject_id)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if action:
        found = found.filter(action__startswith=action)
    if before is not None:
        found = found.filter(seq__lt=before)
    return found
