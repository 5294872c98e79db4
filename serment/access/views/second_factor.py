"""The second factor: prove it, or enrol it the first time. No patient data before this (P-AUTH-3)."""

from __future__ import annotations

import base64
import json
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access import arrivals, passkeys, second_factor, sessions, throttle
from serment.access.forms import CodeForm, RecoveryForm
from serment.access.rules import session_only
from serment.access.views.sign_in import address_of, next_url, waiting_text
from serment.journal import services as journal
from serment.vault import crypto


def enrolment_secret(request: Any) -> str:
    """The secret offered to this session: derived, so that nothing is kept before it is confirmed."""
    raw = crypto.derive(request.keyring.private_key, f"totp offer|{request.session_row.pk}")
    return base64.b32encode(raw[:20]).decode()


def demo_code(request: Any) -> str:
    """In the demonstration the page shows the code that a phone would: real check, painless sign-in."""
    if not (settings.DEMO and request.person.practice.is_demo):
        return ""
    return second_factor.current_code(request.person, request.keyring)


@session_only
@require_http_methods(["GET", "POST"])
def second_factor_page(request: Any) -> HttpResponse:
    if request.keyring is None:
        return redirect("access:sign_in")
    if request.session_row.level >= 2:
        return redirect(next_url(request))
    if request.person.sealed_totp is None and not request.person.passkeys.exists():
        return _enrol(request)
    return _prove(request)


def _blocked(request: Any, form: Any) -> bool:
    key = throttle.account_key(f"factor|{request.person.login}")
    wait = throttle.waiting(key)
    if wait:
        form.add_error(None, waiting_text(wait.total_seconds()))
    return bool(wait)


def _failed(request: Any) -> None:
    throttle.failed(
        throttle.account_key(f"factor|{request.person.login}"), throttle.address_key(address_of(request))
    )
    journal.record("access.second_factor_failed")


def _pass(request: Any, how: str) -> None:
    throttle.succeeded(throttle.account_key(f"factor|{request.person.login}"))
    sessions.raise_level(request.session_row)
    journal.record("access.second_factor", details={"how": how})
    arrivals.welcome(request.person, request.keyring)


def _prove(request: Any) -> HttpResponse:
    person = request.person
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = 422
        if not _blocked(request, form):
            if second_factor.check(person, request.keyring, form.cleaned_data["code"]):
                _pass(request, "totp")
                return redirect(next_url(request))
            _failed(request)
            form.add_error(
                "code", "Ce code ne convient pas, ou a déjà servi. Attendez le suivant (30 s au plus)."
            )
    context = {
        "form": form,
        "next": next_url(request),
        "has_totp": person.sealed_totp is not None,
        "has_passkey": person.passkeys.exists() and passkeys.available(request),
        "demo_code": demo_code(request),
    }
    return render(request, "access/second_factor.html", context, status=status)


def _enrol(request: Any) -> HttpResponse:
    person, secret = request.person, enrolment_secret(request)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if second_factor.enrol(person, request.keyring, secret, form.cleaned_data["code"]):
            codes = second_factor.new_recovery_codes(person)
            journal.record("access.second_factor_set", details={"how": "totp"})
            _pass(request, "totp")
            return render(request, "access/recovery_codes.html", {"codes": codes, "first": True})
        status = 422
        form.add_error(
            "code", "Ce code ne correspond pas. Vérifiez l’heure du téléphone et tapez le code affiché."
        )
    qr = segno.make(second_factor.uri(secret, person), error="m").svg_inline(scale=5, border=2, dark="#000")
    context = {
        "form": form,
        "qr": qr,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "next": next_url(request),
    }
    return render(request, "access/enrol.html", context, status=status)


@session_only
@require_http_methods(["GET", "POST"])
def recovery_code(request: Any) -> HttpResponse:
    """A one-time recovery code instead of the second factor."""
    if request.keyring is None or request.session_row.level >= 2:
        return redirect("access:sign_in")
    form = RecoveryForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = 422
        if not _blocked(request, form):
            if second_factor.use_recovery_code(request.person, form.cleaned_data["code"]):
                _pass(request, "recovery_code")
                return redirect("access:account")
            _failed(request)
            form.add_error("code", "Ce code n’est pas valable, ou il a déjà servi.")
    return render(request, "access/recovery_code.html", {"form": form}, status=status)


@session_only
@require_POST
def passkey_begin(request: Any) -> HttpResponse:
    """Options for navigator.credentials.get(), for the second factor or for unlocking."""
    options, state = passkeys.begin_assertion(request, request.person)
    request.session_row.challenge = {"assert": state}
    request.session_row.save(update_fields=["challenge"])
    return JsonResponse(options)


@session_only
@require_POST
def passkey_complete(request: Any) -> HttpResponse:
    """Second factor by passkey."""
    if request.keyring is None:
        return JsonResponse({"error": "Session verrouillée : tapez votre mot de passe."}, status=423)
    try:
        state = request.session_row.challenge["assert"]
        passkeys.complete_assertion(request, request.person, state, json.loads(request.body))
    except (passkeys.PasskeyRefused, KeyError, ValueError):
        _failed(request)
        return JsonResponse({"error": "Cette clé d’accès n’est pas reconnue. Utilisez le code."}, status=422)
    _pass(request, "passkey")
    return JsonResponse({"ok": True, "redirect": next_url(request)})
