"""The yearly review of rights: who is left to decide upon, and the page of each person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access import reviews, sessions
from serment.access.models import Person
from serment.access.rules import requires


@requires("team.manage")
@require_GET
def review(request: Any) -> HttpResponse:
    """Everyone, decided or not, and when the last review was closed."""
    found, done = reviews.lines(), reviews.last()
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    left = [line for line in found if line.decision is None]
    context = {
        "lines": found,
        "left": left,
        "begun": reviews.under_way(),
        "last": done,
        "by": people.get(done.author_id, "—") if done else "",
        "due": reviews.is_due(),
    }
    return render(request, "access/review.html", context)


@requires("team.manage")
@require_http_methods(["GET", "POST"])
def person(request: Any, person_id: int) -> HttpResponse:
    """One person: profile, last use, domains held; keep or withdraw, then the next one."""
    error, status = "", 200
    try:
        shown = reviews.sheet(person_id)
        if request.method == "POST":
            decision = request.POST.get("decision", "")
            made = reviews.decide(
                keyring=request.keyring, by=request.person, person_id=person_id, decision=decision
            )
            if decision == reviews.WITHDRAW:
                sessions.keys_turned(request.session_row, request.ticket, request.keyring)
            return _next(request, shown.line.person, decision, closed=made.closed_at is not None)
    except Person.DoesNotExist:
        raise Http404 from None
    except reviews.Refused as refused:
        error, status = str(refused), 422
    return render(request, "access/review_person.html", {"sheet": shown, "error": error}, status=status)


def _next(request: Any, decided: Person, decision: str, *, closed: bool) -> HttpResponse:
    done = "droits gardés" if decision == reviews.KEEP else "droits retirés, compte suspendu"
    end = " La revue est close." if closed else ""
    messages.success(request, f"{decided.display_name}\u00a0: {done}.{end}")
    left = [line.person.pk for line in reviews.lines() if line.decision is None]
    if closed or not left:
        return redirect("access:review")
    return redirect("access:review_person", left[0])
