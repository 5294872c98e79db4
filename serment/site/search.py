"""The search field of every page: patients, pages and actions in one list. By POST: a name never enters a URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from serment.access.rules import requires
from serment.formats.folding import fold
from serment.patients import panels
from serment.patients.views.search import journalled_search
from serment.site.help import TOPICS
from serment.site.navigation import address, entries_for

PATIENTS = 8
MIN_LETTERS = 2


@dataclass(frozen=True)
class Found:
    """A page or an action that the words typed lead to."""

    label: str
    hint: str
    icon: str
    url: str


@dataclass(frozen=True)
class Action:
    """A gesture that can be started from anywhere."""

    label: str
    words: str
    icon: str
    url_name: str
    permission: str


ACTIONS = (
    Action(
        "Nouveau patient",
        "créer ajouter fiche",
        icon="user-plus",
        url_name="patients:new",
        permission="patients.edit",
    ),
    Action(
        "Nouveau rendez-vous",
        "donner créneau",
        icon="calendar-plus",
        url_name="agenda:new",
        permission="agenda.edit",
    ),
    Action(
        "Importer des patients",
        "csv fichier",
        icon="file-import",
        url_name="patients:import",
        permission="patients.import",
    ),
    Action(
        "Registre des ordonnances",
        "ordonnance émise duplicata annulée",
        icon="pill",
        url_name="prescribing:issued",
        permission="prescribing.write",
    ),
    Action(
        "Protocoles d’ordonnance",
        "ordonnance type favori habituel",
        icon="pill",
        url_name="prescribing:protocols",
        permission="prescribing.write",
    ),
    Action(
        "Mon compte",
        "mot de passe clé session",
        icon="user",
        url_name="access:account",
        permission="account.own",
    ),
)


@requires("site.home")
@require_POST
def search(request: Any) -> HttpResponse:
    """Options of the list for htmx; a whole page for a browser without scripts."""
    text = request.POST.get("q", "").strip()[:80]
    hits = []
    if len(text) >= MIN_LETTERS and request.person.can("patients.view"):
        found = journalled_search(request, text, limit=PATIENTS)
        hits = [(hit, panels.home_of(request, hit.id)) for hit in found]
    context = {"text": text, "hits": hits, "pages": pages_for(request.person, text)}
    template = "site/partials/search_results.html" if request.htmx else "site/search.html"
    return render(request, template, context)


def pages_for(person: Any, text: str) -> list[Found]:
    """Pages, actions and help whose words begin with every word typed. Only what ``person`` may open."""
    typed = fold(text).split()
    if not typed:
        return []
    offered = [
        Found(action.label, action.words, action.icon, address(action.url_name))
        for action in ACTIONS
        if person.can(action.permission) and address(action.url_name)
    ]
    offered += [Found(entry.label, entry.hint, entry.icon, path) for entry, path in entries_for(person)]
    offered += [
        Found(
            f"Aide\u00a0: {topic.title}",
            topic.summary,
            "help-circle",
            reverse("site:help_page", args=[topic.code]),
        )
        for topic in TOPICS
    ]
    return [found for found in offered if _fits(f"{found.label} {found.hint}", typed)][:6]


def _fits(text: str, typed: list[str]) -> bool:
    words = fold(text).split()
    return all(any(word.startswith(part) for word in words) for part in typed)
