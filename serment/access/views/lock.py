"""Lock and unlock. Locking drops the keys; unlocking opens them again, by password or by a passkey's PRF."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from serment.access import accounts, passkeys, sessions, throttle
from serment.access.rules import session_only
from serment.access.views.sign_in import address_of, next_url, waiting_text
from serment.journal import services as journal
from serment.vault import crypto, custody


def _wants_json(request: Any) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@session_only
@require_POST
def lock(request: Any) -> HttpResponse:
    if request.session_row.locked_at is None:
        sessions.lock(request.session_row)
        journal.record("access.locked", object_id=request.session_row.pk, details={"why": "asked"})
    if _wants_json(request):
        return JsonResponse({"ok": True})
    return redirect("/")


@session_only
@require_POST
def unlock(request: Any) -> HttpResponse:
    """By password. 422 with a French reason; the page behind is kept by the browser."""
    person = request.person
    key = throttle.account_key(person.login)
    wait = throttle.waiting(key)
    if wait:
        return _refused(request, waiting_text(wait.total_seconds()), 429)
    found = accounts.authenticate(person.login, request.POST.get("password", ""))
    if found is None:
        throttle.failed(key, throttle.address_key(address_of(request)))
        journal.record("access.unlock_failed")
        return _refused(request, "Mot de passe incorrect. Votre saisie est gardée.", 422)
    throttle.succeeded(key)
    return _open(request, found[1], "password")


@session_only
@require_POST
def unlock_by_passkey(request: Any) -> HttpResponse:
    """By a passkey whose PRF extension wraps the holder key."""
    try:
        answer = json.loads(request.body)
        state = request.session_row.challenge["assert"]
        passkey = passkeys.complete_assertion(request, request.person, state, answer)
        output = passkeys.prf_output(answer)
        if output is None:
            raise passkeys.PasskeyRefused("sans PRF")
        keyring = passkeys.open_with_prf(request.person, passkey, output)
    except (passkeys.PasskeyRefused, crypto.CannotOpen, KeyError, ValueError):
        journal.record("access.unlock_failed", details={"how": "passkey"})
        return JsonResponse(
            {"error": "Cette clé d’accès n’ouvre pas la session. Tapez votre mot de passe."}, status=422
        )
    return _open(request, keyring, "passkey")


def _open(request: Any, keyring: Any, how: str) -> HttpResponse:
    custody.rewrap(keyring, limit=200)
    sessions.unlock(request.session_row, request.ticket, keyring)
    journal.record("access.unlocked", object_id=request.session_row.pk, details={"how": how})
    if _wants_json(request):
        return JsonResponse({"ok": True})
    return redirect(next_url(request))


def _refused(request: Any, reason: str, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": reason}, status=status)
    return render(request, "access/locked.html", {"error": reason, "next": next_url(request)}, status=status)
