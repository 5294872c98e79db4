"""One's own account: sessions, second factors, passkeys, recovery codes."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from serment.access import passkeys, second_factor, sessions
from serment.access.models import Passkey, Session
from serment.access.rules import requires
from serment.journal import services as journal
from serment.vault import crypto, custody
from serment.vault.models import Unlock


@requires("account.own")
@require_GET
def account(request: Any) -> HttpResponse:
    person = request.person
    context = {
        "sessions": Session.objects.filter(person=person, ended_at=None).order_by("-last_seen_at"),
        "passkeys": person.passkeys.order_by("created_at"),
        "passkeys_available": passkeys.available(request),
        "has_totp": person.sealed_totp is not None,
        "codes_left": person.recovery_codes.filter(used_at=None).count(),
    }
    return render(request, "access/account.html", context)


@requires("account.own")
@require_POST
def end_sessions(request: Any) -> HttpResponse:
    """Sign out everywhere else, or one session by its id."""
    session_id = request.POST.get("session")
    if session_id:
        number = int(session_id) if session_id.isascii() and session_id.isdigit() else -1
        session = get_object_or_404(Session.objects, pk=number, person=request.person)
        sessions.end(session)
        count = 1
    else:
        count = sessions.end_all(request.person, but=request.session_row.pk)
    journal.record("access.sessions_ended", details={"count": count})
    messages.success(request, "Sessions fermées.")
    return redirect("access:account")


@requires("account.own")
@require_POST
def new_codes(request: Any) -> HttpResponse:
    codes = second_factor.new_recovery_codes(request.person)
    journal.record("access.recovery_codes")
    return render(request, "access/recovery_codes.html", {"codes": codes, "first": False})


@requires("account.own")
@require_POST
def passkey_register_begin(request: Any) -> HttpResponse:
    """Options for navigator.credentials.create()."""
    options, state = passkeys.begin_registration(request, request.person)
    request.session_row.challenge = {"create": state}
    request.session_row.save(update_fields=["challenge"])
    return JsonResponse(options)


@requires("account.own")
@require_POST
def passkey_register_complete(request: Any) -> HttpResponse:
    """Keep the passkey; the password is asked again, since custody changes. With a PRF it may unlock the session."""
    try:
        answer = json.loads(request.body)
        holder, key = custody.open_holder_key(
            request.person.holder_id, Unlock.Method.PASSWORD, str(answer.get("password", ""))
        )
        state = request.session_row.challenge["create"]
        passkey = passkeys.complete_registration(
            request, request.person, state, answer, str(answer.get("label", ""))
        )
    except crypto.CannotOpen:
        return JsonResponse({"error": "Mot de passe incorrect : la clé n’est pas enregistrée."}, status=422)
    except (passkeys.PasskeyRefused, KeyError, ValueError) as error:
        message = (
            str(error) if isinstance(error, passkeys.PasskeyRefused) else "Recommencez l’enregistrement."
        )
        return JsonResponse({"error": message}, status=422)
    output = passkeys.prf_output(answer)
    if output is not None:
        passkeys.let_open_keys(passkey, holder, key, output)
    journal.record("access.passkey_added", object_id=passkey.pk, details={"opens_keys": passkey.opens_keys})
    return JsonResponse({"ok": True, "redirect": reverse("access:account")})


@requires("account.own")
@require_POST
def passkey_remove(request: Any, passkey_id: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey.objects, pk=passkey_id, person=request.person)
    if request.person.sealed_totp is None and request.person.passkeys.count() == 1:
        messages.error(
            request, "C’est votre seul second facteur : enregistrez-en un autre avant de la retirer."
        )
        return redirect("access:account")
    Unlock.unscoped.filter(
        holder_id=request.person.holder_id,
        method=Unlock.Method.PASSKEY,
        reference=passkeys.reference(bytes(passkey.credential_id)),
    ).delete()
    passkey.delete()
    journal.record("access.passkey_removed", object_id=passkey_id)
    messages.success(request, "Clé d’accès retirée.")
    return redirect("access:account")
