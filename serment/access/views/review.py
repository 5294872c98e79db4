"""The yearly review of rights, one line per person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access import reviews, sessions
from serment.access.models import Person
from serment.access.rules import requires


@requires("team.manage")
@require_http_methods(["GET", "POST"])
def review(request: Any) -> HttpResponse:
    found, error, status = reviews.lines(), "", 200
    if request.method == "POST":
        decisions = {
            line.person.pk: request.POST[line.oneself] for line in found if line.oneself in request.POST
        }
        try:
            reviews.close(keyring=request.keyring, by=request.person, decisions=decisions)
            if reviews.WITHDRAW in decisions.values():
                sessions.keys_turned(request.session_row, request.ticket, request.keyring)
            messages.success(request, "Revue enregistrée\u00a0: les retraits sont faits.")
            return redirect("access:review")
        except reviews.Refused as refused:
            error, status = str(refused), 422
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    done = reviews.last()
    context = {
        "lines": found,
        "error": error,
        "last": done,
        "by": people.get(done.author_id, "—") if done else "",
        "due": reviews.is_due(),
    }
    return render(request, "access/review.html", context, status=status)
