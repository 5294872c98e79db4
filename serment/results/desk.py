"""On « Ma journée »: results unseen or waiting for a patient, critical and abnormal ones first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from serment.access.desk import Waiting
from serment.results import arrivals
from serment.results.models import Incoming
from serment.results.selectors import marked_in_error, of
from serment.vault.paths import path as path_of

State = Incoming.State


def unseen(request: Any) -> Iterator[Waiting]:
    """Reads first what arrived while nobody was there. Two queries where nothing did."""
    person = request.person
    if not person.can("record.write"):
        return
    arrivals.open_waiting(keyring=request.keyring, person=person)
    asked = Q(state__in=[State.WAITING, State.UNREADABLE, State.ARRIVED])
    found = (
        of(person)
        .filter(~marked_in_error())
        .aggregate(
            alerts=Count("pk", filter=Q(critical__gt=0) & (asked | Q(state=State.FILED))),
            outside=Count("pk", filter=Q(abnormal__gt=0, critical=0) & (asked | Q(state=State.FILED))),
            filed=Count("pk", filter=Q(state=State.FILED, abnormal=0)),
            unmatched=Count("pk", filter=asked & Q(abnormal=0)),
        )
    )
    path = path_of("results:home")
    if count := found["alerts"]:
        many = "s" if count > 1 else ""
        yield Waiting(
            f"{count} résultat{many} d’examens critique{many} à traiter",
            path,
            "list-search",
            urgent=True,
            order=0,
        )
    if count := found["outside"]:
        many = "s" if count > 1 else ""
        yield Waiting(
            f"{count} résultat{many} d’examens hors normes à traiter", path, "list-search", urgent=True
        )
    if count := found["filed"]:
        many = "s" if count > 1 else ""
        yield Waiting(f"{count} résultat{many} d’examens à lire", path, "list-search", order=10)
    if count := found["unmatched"]:
        many = "s" if count > 1 else ""
        yield Waiting(f"{count} résultat{many} d’examens à rattacher", path, "list-search", order=12)
