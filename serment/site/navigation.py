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
    """One line of the bar. ``rooms``: URL namespaces in which the line shows as the current one."""

    code: str
    label: str
    icon: str
    url_name: str
    permission: str
    rooms: tuple[str, ...] = ()
    help: str = ""


ENTRIES = (
    Entry(
        "home", "Ma journée", "home", "site:home", "site.home", ("site",), "qui est le suivant, ce qui attend"
    ),
    Entry(
        "agenda",
        "Agenda",
        "calendar",
        "agenda:agenda",
        "agenda.view",
        ("agenda",),
        "jour, semaine, salle d’attente",
    ),
    Entry(
        "patients",
        "Patients",
        "users",
        "patients:list",
        "patients.view",
        ("patients", "record", "prescribing"),
    ),
    Entry("billing", "Facturation", "cash", "billing:till", "billing.till", ("billing",), "caisse du jour"),
    Entry("messages", "Messages", "mail", "messaging:inbox", "messaging.view", ("messaging",)),
    Entry(
        "accounting", "Comptabilité", "report-money", "accounting:home", "accounting.view", ("accounting",)
    ),
    Entry("conformity", "Conformité", "shield-check", "conformity:home", "conformity.view", ("conformity",)),
    Entry(
        "journal",
        "Journal",
        "list-search",
        "journal:list",
        "journal.view",
        ("journal",),
        "qui a fait quoi, et quand",
    ),
    Entry("settings", "Réglages", "settings", "access:team", "team.manage", ("access",), "équipe et cabinet"),
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
    return [(e, address(e.url_name)) for e in ENTRIES if person.can(e.permission) and address(e.url_name)]
