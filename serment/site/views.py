"""The shell's own requests, and « Ma journée »."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from serment.access.desk import waiting_for
from serment.access.rules import requires
from serment.agenda import selectors as agenda
from serment.billing import owed, perms
from serment.vault.domains import Domain


@require_POST
@requires("site.home")
def alive(request: HttpRequest) -> HttpResponse:
    """Someone is typing: asked at most once a minute, so that the idle lock does not fall on a busy person."""
    return HttpResponse(status=204)


@require_GET
@requires("site.home")
def home(request: Any) -> HttpResponse:
    """Who is next, what waits for me: only what this profile may see."""
    person, keyring = request.person, request.keyring
    context: dict[str, Any] = {"now": timezone.localtime(), "person": person, "desk": waiting_for(request)}
    if person.can("agenda.view") and keyring.holds(Domain.ADMIN):
        mine = [person.practitioner_id] if person.practitioner_id else None
        if mine and person.standing_for is not None:
            mine.append(person.replaces_id)
        context["room"] = agenda.waiting_room(keyring=keyring, practitioner_ids=mine)
    if person.can("billing.view") and keyring.holds(Domain.ADMIN):
        whose = person.practitioner_id or perms.readable(person)
        context["unpaid"] = owed.unpaid(keyring=keyring, limit=6, whose=whose)
    return render(request, "site/home.html", context)
