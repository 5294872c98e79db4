"""The left bar: what exists in this build, and of that, what this person may open (DESIGN §9)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.urls import NoReverseMatch, reverse


class Permitted(Protocol):
    """Whoever the bar is drawn for: an `access.Person`."""

    def can(self, permission: str) -> bool: ...


@dataclass(frozen=True)
class Entry:
    """One line of the bar. ``doors``: (URL name, permission); the first that exists and is permitted is used.
    ``rooms``: URL namespaces in which the line shows as the current one. ``hint``: for the search field.
    """

    code: str
    label: str
    icon: str
    doors: tuple[tuple[str, str], ...]
    rooms: tuple[str, ...]
    hint: str


ENTRIES = (
    Entry(
        "home",
        "Ma journée",
        "home",
        (("site:home", "site.home"),),
        ("site", "results"),
        "qui vient, ce qui attend",
    ),
    Entry(
        "agenda",
        "Agenda",
        "calendar",
        (("agenda:week", "agenda.view"),),
        ("agenda",),
        "jour, semaine, salle d’attente",
    ),
    Entry(
        "patients",
        "Patients",
        "users",
        (("patients:list", "patients.view"),),
        ("patients", "record", "prescribing", "letters"),
        "fiches et dossiers",
    ),
    Entry(
        "billing",
        "Facturation",
        "cash",
        (("billing:till", "billing.till"),),
        ("billing", "transmission"),
        "caisse du jour, honoraires",
    ),
    Entry(
        "messages",
        "Messages",
        "mail",
        (("messaging:inbox", "messaging.view"),),
        ("messaging",),
        "échanges sécurisés",
    ),
    Entry(
        "accounting",
        "Comptabilité",
        "report-money",
        (("accounting:home", "accounting.view"),),
        ("accounting",),
        "recettes, dépenses",
    ),
    Entry(
        "conformity",
        "Conformité",
        "shield-check",
        (
            ("conformity:home", "conformity.view"),
            ("privacy:home", "privacy.manage"),
            ("operations:home", "operations.view"),
            ("journal:list", "journal.view"),
            ("journal:verify", "journal.verify"),
        ),
        ("conformity", "privacy", "operations", "retention", "journal"),
        "mesures, preuves, droits, journal",
    ),
    Entry(
        "settings",
        "Réglages",
        "settings",
        (
            ("access:team", "team.manage"),
            ("access:practice_settings", "practice.settings"),
            ("agenda:settings", "agenda.settings"),
            ("access:account", "account.own"),
        ),
        ("access",),
        "équipe, cabinet, horaires, compte",
    ),
)


@cache
def address(url_name: str) -> str:
    """The path of a URL name that takes no argument; empty when the room is not in this build."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def entries_for(person: Permitted | None) -> list[tuple[Entry, str]]:
    """(entry, path) of what ``person`` may open, in the bar's order. Nobody signed in: nothing."""
    if person is None:
        return []
    found = ((entry, _door(entry, person)) for entry in ENTRIES)
    return [(entry, path) for entry, path in found if path]


def _door(entry: Entry, person: Permitted) -> str:
    for url_name, permission in entry.doors:
        if person.can(permission) and (path := address(url_name)):
            return path
    return ""
