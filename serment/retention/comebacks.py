"""A patient typed again by someone who may not open the archive is recognised later, by who may (R7.4).

Whoever signs in with an archive's key compares the cards changed since the last time, some hundreds at once, with the
keyed tokens of the archived files. What fits exactly waits on « Ma journée » until it is brought back or set aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from serment.access.desk import Waiting
from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.models import Patient, Restriction
from serment.patients.payloads import Identity
from serment.patients.selectors import names_of, open_identities
from serment.retention import departures
from serment.retention.models import ArchivedFile, Comeback, Compared
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import IndexToken
from serment.vault.paths import path

AT_ARRIVAL = 300
"""Cards compared at one sign-in: an identity to open and a token to make each."""


@dataclass(frozen=True)
class Line:
    """A card and the archived file that bears the same identity. ``name``: the patient's, as lists show it."""

    row: Comeback
    name: str


def at_arrival(person: Person, keyring: Keyring) -> None:
    """The share of whoever has just signed in (`access.arrivals`); one query where nothing is archived."""
    if person.can("retention.act") and keyring.holds(Domain.ADMIN) and ArchivedFile.objects.exists():
        for circle_id in keyring.circles(Domain.ARCHIVE):
            compare(keyring=keyring, circle_id=circle_id)


@transaction.atomic
def compare(*, keyring: Keyring, circle_id: int) -> int:
    """Compare the next cards with the archive of a circle; gives how many fit. Eight queries, whatever they hold.

    A card frozen at the patient's request is passed over. Raises NoKey.
    """
    mark, _ = Compared.objects.select_for_update().get_or_create(
        practice_id=keyring.practice_id, circle_id=circle_id
    )
    rows = Patient.objects.order_by("updated_at", "pk")
    if mark.until is not None:
        rows = rows.filter(Q(updated_at__gt=mark.until) | Q(updated_at=mark.until, pk__gt=mark.patient_id))
    cards = list(rows.values_list("pk", "updated_at")[:AT_ARRIVAL])
    if not cards:
        return 0
    found = _found(keyring, circle_id, [pk for pk, _ in cards])
    made = [
        Comeback(practice_id=keyring.practice_id, circle_id=circle_id, patient_id=pk, archived_id=archived)
        for pk, archived in found
    ]
    Comeback.objects.bulk_create(made, ignore_conflicts=True)
    mark.patient_id, mark.until = cards[-1]
    mark.save(update_fields=["patient_id", "until"])
    if made:
        journal.record("retention.recognised", details={"files": len(made)})
    return len(made)


def _found(keyring: Keyring, circle_id: int, patient_ids: list[int]) -> list[tuple[int, int]]:
    frozen = set(
        Restriction.objects.filter(
            patient_id__in=patient_ids, kind=Restriction.Kind.LIMITATION, lifted_at=None
        ).values_list("patient_id", flat=True)
    )
    tokens = {
        _token(keyring, circle_id, who): pk
        for pk, who in open_identities(keyring, patient_ids).items()
        if pk not in frozen
    }
    known = dict(IndexToken.objects.filter(token__in=list(tokens)).values_list("subject_id", "token"))
    files = ArchivedFile.objects.filter(pk__in=list(known)).values_list("pk", flat=True)
    return [(tokens[known[archived]], archived) for archived in files]


def _token(keyring: Keyring, circle_id: int, who: Identity) -> int:
    return departures.identity_token(
        keyring, circle_id, who.birth_family_name, who.first_given_name, who.birth_date
    )


def of(keyring: Keyring) -> QuerySet[Comeback]:
    """What waits for the circles whose archive this session may open."""
    rows: QuerySet[Comeback] = Comeback.objects.filter(
        circle_id__in=keyring.circles(Domain.ARCHIVE), set_aside_at=None
    )
    return rows


def lines(*, keyring: Keyring) -> list[Line]:
    """Oldest first: three queries."""
    rows = list(of(keyring).select_related("archived").order_by("pk")[:100])
    names = names_of(keyring=keyring, patient_ids={row.patient_id for row in rows})
    return [Line(row, names[row.patient_id].display_name) for row in rows if row.patient_id in names]


@transaction.atomic
def set_aside(*, keyring: Keyring, author: Person, comeback_id: int) -> None:
    """Two people of the same name and birth date: not asked again. Raises Comeback.DoesNotExist."""
    row = of(keyring).select_for_update().get(pk=comeback_id)
    row.set_aside_at, row.set_aside_by = timezone.now(), author.pk
    row.save(update_fields=["set_aside_at", "set_aside_by"])
    journal.record("retention.set_aside", subject_id=row.patient_id, object_id=row.archived_id)


def waiting(request: Any) -> Iterator[Waiting]:
    """On « Ma journée »: one query."""
    if not request.person.can("retention.act") or not request.keyring.circles(Domain.ARCHIVE):
        return
    if count := of(request.keyring).count():
        many = "s" if count > 1 else ""
        yield Waiting(
            f"{count} patient{many} recréé{many} avec l’identité d’un dossier archivé",
            path("retention:comebacks"),
            icon="user-plus",
            order=40,
        )
