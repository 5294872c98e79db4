"""The yearly review of rights: one decision per person, applied at once, kept as a signed-in record (E-HAB-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from serment.access import accounts
from serment.access.models import Person, RightsReview
from serment.journal import services as journal
from serment.vault.keyring import Keyring
from serment.vault.models import Grant

EVERY = timedelta(days=365)
DORMANT = timedelta(days=90)
DOMAIN_LABELS = {
    "admin": "identités",
    "billing": "facturation",
    "care": "soins",
    "archive": "archives",
    "urgent": "accès d’urgence",
}
KEEP, WITHDRAW = "keep", "withdraw"


class Refused(ValueError):
    """French: why the review is not closed."""


@dataclass(frozen=True)
class Line:
    """Someone under review: what they hold and when they last used it."""

    person: Person
    domains: list[str]
    dormant: bool

    @property
    def oneself(self) -> str:
        return f"decision-{self.person.pk}"


def lines() -> list[Line]:
    """Everyone whose account is open: three queries."""
    held: dict[int, set[str]] = {}
    for holder_id, domain in Grant.objects.values_list("holder_id", "domain_key__domain"):
        held.setdefault(holder_id, set()).add(domain)
    since = timezone.now() - DORMANT
    people = Person.objects.select_related("practitioner").filter(suspended_at=None).order_by("family_name")
    return [
        Line(
            person,
            [label for code, label in DOMAIN_LABELS.items() if code in held.get(person.holder_id, set())],
            (person.last_sign_in_at or person.created_at) < since,
        )
        for person in people
    ]


def last() -> RightsReview | None:
    return RightsReview.objects.order_by("-at").first()


def is_due() -> bool:
    """A year after the last review; a year after the practice began where there was none."""
    done = last()
    if done is None:
        first = Person.objects.order_by("pk").values_list("created_at", flat=True).first()
        return first is not None and timezone.now() - first > EVERY
    return timezone.now() - done.at > EVERY


@transaction.atomic
def close(*, keyring: Keyring, by: Person, decisions: dict[int, str]) -> RightsReview:
    """Keep or withdraw each open account. Withdrawing suspends it: sessions, keys, new epoch. Raises Refused, NoKey."""
    people = {line.person.pk: line.person for line in lines()}
    if set(decisions) != set(people) or not set(decisions.values()) <= {KEEP, WITHDRAW}:
        raise Refused("Décidez pour chaque personne\u00a0: garder ou retirer.")
    if decisions[by.pk] == WITHDRAW:
        raise Refused("On ne peut pas retirer ses propres droits.")
    for pk, decision in decisions.items():
        if decision == WITHDRAW:
            accounts.suspend(keyring=keyring, by=by, person=people[pk])
    made: RightsReview = RightsReview.objects.create(
        author_id=by.pk,
        decisions=[
            {"person": pk, "profile": people[pk].profile, "decision": decision}
            for pk, decision in decisions.items()
        ],
    )
    journal.record(
        "access.reviewed",
        object_id=made.pk,
        details={
            "kept": list(decisions.values()).count(KEEP),
            "withdrawn": list(decisions.values()).count(WITHDRAW),
        },
    )
    return made
