"""Who reads a patient's record; someone set aside from it at the patient's request, and brought back (R6.2, R9.5).

The decision is a `Restriction`; the keyring honours it on every address and in every list (`serment.vault.closed`).
Within one circle everyone holds the circle's key: it is a rule of the program, and the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients import restrictions
from serment.patients.models import Restriction
from serment.practice.models import Circle
from serment.record.services import patient_keys
from serment.record.sharing import decides, following
from serment.vault import closed
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import Grant

RIGHT = "privacy.decide"
KIND = Restriction.Kind.EXCLUSION


@dataclass(frozen=True)
class Reader:
    """Someone with a key of a circle that reads the record. ``since``: the day they were set aside, None if not."""

    person: Person
    circle: str
    since: date | None


def readers(patient_id: int) -> list[Reader]:
    """Everyone whose keys open the record today, those set aside last: five queries."""
    now, circles = timezone.now(), following(patient_id)
    names = dict(Circle.objects.filter(pk__in=circles).values_list("pk", "name"))
    grants = Grant.objects.filter(domain_key__domain=Domain.CARE.value, domain_key__circle_id__in=circles)
    held: dict[int, set[str]] = {}
    for grant in grants.select_related("domain_key"):
        if (grant.starts_at is None or grant.starts_at <= now) and (
            grant.expires_at is None or grant.expires_at > now
        ):
            held.setdefault(grant.holder_id, set()).add(names[grant.domain_key.circle_id])
    aside = {row.person_id: row.since for row in restrictions.aside_of(patient_id)}
    people = Person.objects.filter(holder_id__in=held, suspended_at=None).select_related("practitioner")
    found = [
        Reader(
            person,
            ", ".join(sorted(held[person.holder_id])),
            timezone.localtime(aside[person.pk]).date() if person.pk in aside else None,
        )
        for person in people
    ]
    return sorted(found, key=lambda one: (one.since is not None, one.person.display_name))


def may(keyring: Keyring, author: Person, patient_id: int) -> bool:
    """Whether ``author`` sets aside and brings back: answers for their patients, in a circle that follows this one."""
    return author.can(RIGHT) and decides(keyring, author, patient_id)


@transaction.atomic
def set_aside(
    *, keyring: Keyring, author: Person, patient_id: int, person_id: int, request_id: int | None = None
) -> Restriction:
    """Close the patient's care to a reader; twice is once. Raises NoKey, ValueError (French)."""
    _require_right(keyring, author, patient_id)
    if person_id == author.pk:
        raise ValueError(
            "Vous ne pouvez pas vous écarter vous-même\u00a0: un autre praticien du cercle le fait à la demande du "
            "patient."
        )
    if person_id not in {one.person.pk for one in readers(patient_id)}:
        raise ValueError("Cette personne ne lit pas ce dossier.")
    row, made = Restriction.objects.get_or_create(
        practice_id=author.practice_id,
        patient_id=patient_id,
        kind=KIND,
        purpose="",
        person_id=person_id,
        lifted_at=None,
        defaults={"author_id": author.pk, "request_id": request_id},
    )
    if made:
        _apply(keyring, patient_id)
        journal.record("record.set_aside", subject_id=patient_id, object_id=person_id)
    found: Restriction = row
    return found


@transaction.atomic
def bring_back(*, keyring: Keyring, author: Person, patient_id: int, person_id: int) -> None:
    """Open the record to them again; the decision stays on record. Raises NoKey, ValueError."""
    _require_right(keyring, author, patient_id)
    done = Restriction.objects.filter(
        patient_id=patient_id, kind=KIND, person_id=person_id, lifted_at=None
    ).update(lifted_at=timezone.now(), lifted_by=author.pk)
    if not done:
        raise ValueError("Cette personne n’est pas écartée de ce dossier.")
    _apply(keyring, patient_id)
    journal.record("record.brought_back", subject_id=patient_id, object_id=person_id)


def _require_right(keyring: Keyring, author: Person, patient_id: int) -> None:
    patient_keys(keyring, patient_id)
    if not may(keyring, author, patient_id):
        raise ValueError(
            "Écarter quelqu’un d’un dossier, ou l’y faire revenir, revient à un praticien qui répond de ses patients, "
            "dans un cercle qui suit celui-ci."
        )


def _apply(keyring: Keyring, patient_id: int) -> None:
    people = [row.person_id for row in restrictions.aside_of(patient_id)]
    closed.close_to(patient_id, Person.objects.filter(pk__in=people).values_list("holder_id", flat=True))
    if keyring.opened is not None:
        keyring.opened.pop(patient_id, None)
