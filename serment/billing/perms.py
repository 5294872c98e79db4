"""Who sees money. ``billing.view`` shows a patient's amounts, ``billing.cash`` takes and gives money back,
``billing.write`` bills, ``billing.till`` shows the money pages; acts open with the billing domain's key alone.

The practice chooses for its secretary (`Practice.secretary_billing`, `Practice.secretary_cash`): all of it, money
without acts, or nothing. An accounting helper has ``billing.till`` and no key: amounts and numbers, no name, no act.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from serment.access.models import Person
from serment.billing.models import AccountsReader
from serment.journal import services as journal
from serment.practice.models import Practice, Practitioner
from serment.vault.tenancy import current_practice

Whose = int | Collection[int] | None
"""One practitioner, several, or None for the whole practice."""


def readable(person: Person) -> frozenset[int] | None:
    """The practitioners whose accounts this person reads; None, all. A query, two where a helper is refused one.

    Each practitioner has accounts of their own (ADR 0018): a colleague reads them by an explicit word alone, the desk
    and the accounting helper read those of the practitioners they work for, which is all unless one of them says no.
    """
    said = dict(AccountsReader.objects.filter(person_id=person.pk).values_list("practitioner_id", "allowed"))
    if person.practitioner_id:
        return frozenset({person.practitioner_id, *(pk for pk, allowed in said.items() if allowed)})
    refused = [pk for pk, allowed in said.items() if not allowed]
    return (
        frozenset(Practitioner.objects.exclude(pk__in=refused).values_list("pk", flat=True))
        if refused
        else None
    )


def within(rows: QuerySet[Any], whose: Whose, column: str = "practitioner_id") -> QuerySet[Any]:
    """The rows of these accounts."""
    if whose is None:
        return rows
    return rows.filter(**{f"{column}__in": [whose] if isinstance(whose, int) else list(whose)})


def reads_by_rule(person: Person) -> bool:
    """Whether the rule alone lets this person read a practitioner's accounts that are not theirs."""
    return person.practitioner_id is None


def readers(practitioner_id: int) -> list[tuple[Person, bool]]:
    """Everyone else of the team who sees money pages, and whether they read these accounts: three queries."""
    said = dict(
        AccountsReader.objects.filter(practitioner_id=practitioner_id).values_list("person_id", "allowed")
    )
    people = list(Person.objects.select_related("practitioner").order_by("family_name", "pk"))
    practice = Practice.objects.get(pk=current_practice())
    found = []
    for person in people:
        person.practice = practice  # read once for all of them
        if person.practitioner_id != practitioner_id and person.in_force() and person.can("billing.till"):
            found.append((person, said.get(person.pk, reads_by_rule(person))))
    return found


@transaction.atomic
def share(*, author: Person, allowed: Collection[int]) -> int:
    """A practitioner says who reads their accounts (ids of people); gives how many changed. One event for each."""
    assert author.practitioner_id
    changed = [
        (person, person.pk in allowed)
        for person, now in readers(author.practitioner_id)
        if now != (person.pk in allowed)
    ]
    for person, allow in changed:
        rows = AccountsReader.objects.filter(practitioner_id=author.practitioner_id, person_id=person.pk)
        if allow == reads_by_rule(person):
            rows.delete()
        else:
            AccountsReader.objects.update_or_create(
                practice_id=author.practice_id,
                practitioner_id=author.practitioner_id,
                person_id=person.pk,
                defaults={"allowed": allow, "decided_at": timezone.now()},
            )
        journal.record("billing.shared", object_id=person.pk, details={"allowed": allow})
    return len(changed)
