"""The journal's screens: read it, verify its chain. Reading it is itself an event (E-TRAC-3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import actions, selectors
from serment.journal import services as journal

PAGE = 100


@requires("journal.view")
@require_GET
def events(request: Any) -> HttpResponse:
    """Newest first, a hundred at a time; filtered by action and by person."""
    action, actor, before = (request.GET.get(name, "") for name in ("action", "qui", "avant"))
    found = selectors.events(
        action=action if actions.known(action) else "",
        actor_id=int(actor) if is_digits(actor) and len(actor) < 19 else None,
        before=int(before) if is_digits(before) and len(before) < 19 else None,
    )[:PAGE]
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    rows = [
        {"event": event, "label": actions.label(event.action), "who": people.get(event.actor_id, "—")}
        for event in found
    ]
    if not before:
        journal.record("journal.viewed")
    context = {
        "rows": rows,
        "people": sorted(people.items(), key=lambda item: item[1]),
        "actions": sorted(actions.all_actions().items(), key=lambda item: item[1]),
        "action": action,
        "actor": actor,
        "next_before": rows[-1]["event"].seq if len(rows) == PAGE else None,
    }
    return render(request, "journal/events.html", context)


@requires("journal.verify")
@require_POST
def verify(request: Any) -> HttpResponse:
    """Prove the chain now, and say where it breaks if it does."""
    verdict = journal.verify(request.practice.pk)
    journal.record("journal.verified", details={"sound": verdict.sound, "events": verdict.events})
    return render(request, "journal/verdict.html", {"verdict": verdict})
