"""Who asks, and whether they may: the two doors in front of every view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from serment.access import sessions
from serment.access.models import Session
from serment.access.rules import Refusal, Rule
from serment.documents import CannotRender
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import enter_practice, leave_practice

BACKGROUND_HEADER = "X-Serment-Background"
_PRACTICE = Prepared(lambda: Practice.objects.filter(pk=Slot("pk")))


class SessionMiddleware:
    """Find the session of the cookie, enter its practice, open its keys; lock it when it has been idle too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = request.session_row = request.practice = request.ticket = None
        request.keyring = None
        ticket = sessions.read_cookie(request)
        session = sessions.find(ticket) if ticket else None
        if session is None or ticket is None or not session.person.in_force():
            leave_practice()
            journal.set_actor(None)
            return self.get_response(request)
        self._open(request, session, ticket)
        try:
            return self.get_response(request)
        finally:
            leave_practice()
            journal.set_actor(None)

    def _open(self, request: Any, session: Session, ticket: sessions.Ticket) -> None:
        person = session.person
        enter_practice(session.practice_id)
        journal.set_actor(person.pk, session.pk)
        practice = _PRACTICE.first(pk=session.practice_id)
        person.__dict__["practice"] = practice
        if session.locked_at is None and sessions.is_idle(session, practice.idle_minutes):
            sessions.lock(session)
            journal.record("access.locked", object_id=session.pk, details={"why": "idle"})
        elif BACKGROUND_HEADER not in request.headers:
            # A page that polls by itself is not a person at work.
            sessions.touch(session)
        request.person, request.session_row, request.ticket = person, session, ticket
        request.practice = practice
        try:
            request.keyring = sessions.keyring_of(session, ticket)
        except crypto.CannotOpen:
            sessions.lock(session)


class PermissionMiddleware:
    """Refuse by default: a view runs only if its rule is met (référentiel R6.1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        rule: Rule | None = getattr(view, "access_rule", None)
        if rule is not None and rule.kind == "public":
            return None
        person = request.person
        if person is None:
            return _go(request, "access:sign_in", remember=True)
        if rule is None:
            return refuse(request, "unruled")
        if rule.kind == "session":
            return None
        if request.session_row.level < Session.Level.SECOND_FACTOR:
            return _go(request, "access:second_factor")
        if request.session_row.locked_at is not None or request.keyring is None:
            return locked(request)
        if person.must_change_password:
            return _go(request, "access:change_password")
        if person.notice_read_at is None:
            return _go(request, "access:notice")
        if not person.can(rule.permission):
            return refuse(request, rule.permission)
        return None

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal) and request.person is not None:
            return refused_for_a_reason(request, error)
        if isinstance(error, NoKey) and request.person is not None:
            if request.keyring is not None and request.keyring.closed:
                return refuse(request, "set_aside", template="site/errors/set_aside.html")
            return refuse(request, "no_key", template="site/errors/no_key.html")
        if isinstance(error, crypto.CannotOpen) and request.person is not None:
            journal.record("vault.cannot_open", details={"view": request.resolver_match.view_name})
            return render(request, "site/errors/integrity.html", status=500)
        if isinstance(error, CannotRender) and request.person is not None:
            journal.record("document.unprintable", details={"view": request.resolver_match.view_name})
            return render(request, "site/errors/unprintable.html", status=422)
        return None


def refused_for_a_reason(request: HttpRequest, error: Refusal) -> HttpResponse:
    """409: nothing was done, and why."""
    journal.record(
        "access.refused",
        details={"why": type(error).__name__, "view": request.resolver_match.view_name or ""},
    )
    if not wants_page(request):
        return JsonResponse({"error": error.text}, status=409)
    return render(request, "access/refusal.html", {"error": error}, status=409)


def wants_page(request: HttpRequest) -> bool:
    """A browser navigating, rather than a script asking for a fragment or JSON."""
    return (
        "HX-Request" not in request.headers
        and BACKGROUND_HEADER not in request.headers
        and "text/html" in request.headers.get("Accept", "text/html")
    )


def _go(request: HttpRequest, name: str, *, remember: bool = False) -> HttpResponse:
    url = reverse(name)
    if not wants_page(request):
        # No redirection: the page keeps what is typed in it, covered, until its person is back (`shell/session.ts`).
        return JsonResponse({"error": "Votre session est terminée : reconnectez-vous."}, status=401)
    if remember and request.method == "GET" and request.path != "/":
        url = f"{url}?suite={request.path}"
    return HttpResponseRedirect(url)


def locked(request: HttpRequest) -> HttpResponse:
    """423: the page asks for the password and comes back to where it was."""
    if not wants_page(request):
        return JsonResponse({"error": "Session verrouillée : votre saisie est gardée."}, status=423)
    return render(request, "access/locked.html", {"next": request.path}, status=423)


def refuse(request: Any, permission: str, template: str = "site/errors/403.html") -> HttpResponse:
    """403, journalled. The page says what is missing, and nothing of what was asked for."""
    journal.record(
        "access.refused",
        details={"permission": permission, "view": request.resolver_match.view_name or ""},
    )
    if not wants_page(request):
        return JsonResponse({"error": "Votre profil ne permet pas cette action."}, status=403)
    return render(request, template, {"emergency_url": _emergency(request, permission)}, status=403)


def _emergency(request: Any, permission: str) -> str:
    """Where a practitioner without the patient's key may ask for it with a reason; empty where there is no such way."""
    patient_id = request.resolver_match.kwargs.get("patient_id")
    if permission != "no_key" or patient_id is None or not request.person.can("emergency.open"):
        return ""
    return reverse("privacy:emergency", args=[patient_id]) if request.keyring.holds(Domain.EMERGENCY) else ""
