"""The yearly review of rights, person by person: each decision is applied at once, the last one closes it (E-HAB-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access import accounts
from serment.access.models import Person, RightsReview, Session
from serment.access.profiles import PERMISSIONS
from serment.journal import services as journal
from serment.journal.models import Event
from serment.practice.models import Circle
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
    """French: why nothing was decided."""


@dataclass(frozen=True)
class Line:
    """Someone under review: what they hold, when they last used it, and what was decided in the review under way."""

    person: Person
    domains: list[str]
    dormant: bool
    decision: dict[str, Any] | None = None
    """{person, profile, decision, by, at} or None."""


@dataclass(frozen=True)
class Sheet:
    """The page of one person. ``events``: how many lines of the journal in a year; ``acted_at``: the last of them."""

    line: Line
    permissions: list[str]
    circles: list[str]
    sessions: int
    passkeys: int
    events: int
    acted_at: datetime | None


def under_way() -> RightsReview | None:
    """The review that was begun and not closed."""
    return RightsReview.objects.filter(closed_at=None).order_by("-at").first()


def _decided(review: RightsReview | None) -> dict[int, dict[str, Any]]:
    return {row["person"]: row for row in review.decisions} if review else {}


def lines() -> list[Line]:
    """Everyone whose account is open: four queries. A withdrawn account that was given back is decided again."""
    held: dict[int, set[str]] = {}
    for holder_id, domain in Grant.objects.values_list("holder_id", "domain_key__domain"):
        held.setdefault(holder_id, set()).add(domain)
    since, decided = timezone.now() - DORMANT, _decided(under_way())
    people = Person.objects.select_related("practitioner").filter(suspended_at=None).order_by("family_name")
    found = []
    for person in people:
        decision = decided.get(person.pk)
        found.append(
            Line(
                person,
                [label for code, label in DOMAIN_LABELS.items() if code in held.get(person.holder_id, set())],
                (person.last_sign_in_at or person.created_at) < since,
                decision if decision and decision["decision"] == KEEP else None,
            )
        )
    return found


def sheet(person_id: int) -> Sheet:
    """What one decides upon. Raises Person.DoesNotExist where the account is not open."""
    line = next((line for line in lines() if line.person.pk == person_id), None)
    if line is None:
        raise Person.DoesNotExist
    person = line.person
    held = set(
        Grant.objects.filter(holder_id=person.holder_id).values_list("domain_key__circle_id", flat=True)
    )
    done = Event.objects.filter(actor_id=person.pk, at__gte=timezone.now() - EVERY)
    return Sheet(
        line=line,
        permissions=[label for code, label in PERMISSIONS.items() if person.can(code)],
        circles=list(Circle.objects.filter(pk__in=held).order_by("name").values_list("name", flat=True)),
        sessions=Session.objects.filter(person=person, ended_at=None).count(),
        passkeys=person.passkeys.count(),
        events=done.count(),
        acted_at=done.order_by("-at").values_list("at", flat=True).first(),
    )


def last() -> RightsReview | None:
    """The last review that was closed."""
    return RightsReview.objects.exclude(closed_at=None).order_by("-closed_at").first()


def is_due() -> bool:
    """A year after the last review; a year after the practice began where there was none."""
    done = last()
    if done is None or done.closed_at is None:
        first = Person.objects.order_by("pk").values_list("created_at", flat=True).first()
        return first is not None and timezone.now() - first > EVERY
    return timezone.now() - done.closed_at > EVERY


@transaction.atomic
def decide(*, keyring: Keyring, by: Person, person_id: int, decision: str) -> RightsReview:
    """Keep or withdraw one open account. Withdrawing suspends it: sessions, keys, new epoch.

    The first decision begins a review, the one that leaves nobody undecided closes it. Raises Refused, NoKey,
    Person.DoesNotExist.
    """
    found = {line.person.pk: line for line in lines()}
    if person_id not in found:
        raise Person.DoesNotExist
    if decision not in (KEEP, WITHDRAW):
        raise Refused("Décidez\u00a0: garder ou retirer.")
    if person_id == by.pk and decision == WITHDRAW:
        raise Refused("On ne peut pas retirer ses propres droits.")
    review = RightsReview.objects.select_for_update().filter(closed_at=None).order_by("-at").first()
    review = review or RightsReview(author_id=by.pk, decisions=[])
    person, now = found[person_id].person, timezone.now()
    if decision == WITHDRAW:
        accounts.suspend(keyring=keyring, by=by, person=person)
    made = {
        "person": person.pk,
        "profile": person.profile,
        "decision": decision,
        "by": by.pk,
        "at": now.isoformat(timespec="seconds"),
    }
    review.decisions = [row for row in review.decisions if row["person"] != person.pk] + [made]
    left = [pk for pk, line in found.items() if pk != person.pk and line.decision is None]
    if not left:
        review.closed_at, review.author_id = now, by.pk
    review.save()
    given = [row["decision"] for row in review.decisions]
    journal.record(
        "access.reviewed",
        object_id=review.pk,
        details={
            "person": person.pk,
            "decision": decision,
            "closed": not left,
            "kept": given.count(KEEP),
            "withdrawn": given.count(WITHDRAW),
        },
    )
    return review
