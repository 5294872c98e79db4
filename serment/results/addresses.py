"""Whom a folder of the drop folder is for: a practitioner (login or RPPS), or a practice (« cabinet-… »).

A practice's folder is named by its opaque id, which says nothing of anyone; a practitioner's may lie in it, which tells
apart the practices where the same RPPS works. Everything here spans the practices: what it finds is for one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Q

from serment.access.models import Person
from serment.practice.models import Circle, Practice
from serment.vault.ids import decode, encode
from serment.vault.tenancy import all_practices

HEAD = "cabinet-"
BY_HAND = "rangez par praticien"


@dataclass(frozen=True)
class Address:
    """Whom the files of a folder are for; ``person_id`` None: whoever of the circle opens them first."""

    practice_id: int
    circle_id: int
    person_id: int | None


@dataclass(frozen=True)
class NoAddress:
    """Why nobody is found (French), and the practices that may be told of it: none of them, most often."""

    why: str
    practices: frozenset[int] = frozenset()


def folder_of(practice_id: int) -> str:
    """The name of a practice's folder."""
    return HEAD + encode(practice_id)


def every() -> list[tuple[str, str]]:
    """(folder, whom it is for) over the whole installation, for who sets it up."""
    with all_practices():
        people = Person.unscoped.select_related("practitioner").filter(practitioner__isnull=False)
        bearers: dict[int, list[Person]] = {}
        for person in people.order_by("practitioner__family_name", "pk"):
            if person.in_force():
                bearers.setdefault(person.practice_id, []).append(person)
        found = []
        for practice in Practice.objects.order_by("pk"):
            own = folder_of(practice.pk)
            found.append((own, practice.name))
            found += [(f"{own}/{one.login}", one.display_name) for one in bearers.get(practice.pk, [])]
        return found


def find(folders: Iterable[str]) -> Address | NoAddress:
    """``folders``: names from the root down; empty for the root itself. Three queries at most."""
    names = tuple(folders)
    with all_practices():
        only = list(Practice.objects.values_list("pk", flat=True)[:2])
        alone = only[0] if len(only) == 1 else None
        seen_by = frozenset({alone} - {None})
        practice_id = _practice(names[0]) if names else alone
        rest = names[1:] if practice_id and names else names
        if names and names[0].startswith(HEAD) and practice_id is None:
            return NoAddress("aucun cabinet de ce nom", seen_by)
        if len(rest) > 1:
            above = _practitioner(rest[0], practice_id, seen_by)
            told = above.practices if isinstance(above, NoAddress) else frozenset({above.practice_id})
            return NoAddress("un dossier dans un dossier\u00a0: remontez-le d’un cran", told)
        if rest:
            return _practitioner(rest[0], practice_id, seen_by)
        if practice_id is None:
            return NoAddress(f"plusieurs cabinets\u00a0: {BY_HAND} ou par cabinet")
        return _whole(practice_id)


def _practice(name: str) -> int | None:
    if name.startswith(HEAD):
        with suppress(ValueError):
            return (
                Practice.objects.filter(pk=decode(name.removeprefix(HEAD)))
                .values_list("pk", flat=True)
                .first()
            )
    return None


def _practitioner(name: str, practice_id: int | None, seen_by: frozenset[int]) -> Address | NoAddress:
    named = Person.unscoped.select_related("practitioner").filter(
        Q(login=name) | Q(practitioner__rpps=name), practitioner__isnull=False
    )
    if practice_id:
        named, seen_by = named.filter(practice_id=practice_id), frozenset({practice_id})
    people = list(named)
    found = [person for person in people if person.in_force()]
    if len(found) == 1:
        person = found[0]
        assert person.practitioner is not None
        return Address(person.practice_id, person.practitioner.circle_id, person.pk)
    told = seen_by | {person.practice_id for person in found or people}
    if found:
        several = len({person.practice_id for person in found}) > 1
        how = "\u00a0: rangez dans le dossier du cabinet" if several else "\u00a0: rangez par identifiant"
        return NoAddress(f"plusieurs praticiens de ce numéro{how}", told)
    return NoAddress("ce praticien n’exerce plus ici" if people else "aucun praticien de ce nom", told)


def _whole(practice_id: int) -> Address | NoAddress:
    """The only circle of a practice, and its only practitioner where there is one."""
    circles = list(Circle.unscoped.filter(practice_id=practice_id).values_list("pk", flat=True)[:2])
    if len(circles) != 1:
        return NoAddress(f"plusieurs cercles de soins\u00a0: {BY_HAND}", frozenset({practice_id}))
    people = Person.unscoped.filter(practice_id=practice_id, practitioner__isnull=False, suspended_at=None)
    alone = [person.pk for person in people if person.in_force()]
    return Address(practice_id, circles[0], alone[0] if len(alone) == 1 else None)
