"""Sign in by password, read the journal's notice, change a password, sign out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from serment.access import accounts, sessions, throttle
from serment.access.forms import ChangePasswordForm, SignInForm
from serment.access.models import Person
from serment.access.passwords import WeakPassword
from serment.access.rules import public, session_only
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.vault import crypto, custody, emergency
from serment.vault.tenancy import using_practice

WRONG = "Identifiant ou mot de passe incorrect, ou compte fermé. Vérifiez la touche Majuscule et réessayez."


def next_url(request: HttpRequest) -> str:
    """Where the person was going, if it is a page of ours."""
    url = request.POST.get("suite") or request.GET.get("suite") or ""
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if safe and url.startswith("/") else "/"


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "local")


def waiting_text(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"Trop d’essais. Réessayez dans {minutes} min ; rien n’est perdu."


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: Any) -> HttpResponse:
    if request.person is not None and request.session_row.locked_at is None:
        return redirect("/")
    if not Practice.objects.exists():
        return redirect("site:setup")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login, password = form.cleaned_data["login"], form.cleaned_data["password"]
        account, address = throttle.account_key(login), throttle.address_key(address_of(request))
        wait = throttle.waiting(account, address)
        if wait:
            _note(login, "access.throttled")
            form.add_error(None, waiting_text(wait.total_seconds()))
            return _page(request, form, status=429)
        found = accounts.authenticate(login, password)
        if found is None:
            throttle.failed(account, address)
            _note(login, "access.failed")
            form.add_error(None, WRONG)
            return _page(request, form, status=422)
        throttle.succeeded(account)
        return _enter(request, *found)
    return _page(request, form)


def _page(request: Any, form: SignInForm, status: int = 200) -> HttpResponse:
    return render(request, "access/sign_in.html", {"form": form, "next": next_url(request)}, status=status)


def _note(login: str, action: str) -> None:
    """A failure is journalled where the account exists; for an unknown login there is no practice to tell."""
    person = Person.unscoped.filter(login=login.strip().lower()).only("pk", "practice_id").first()
    if person is not None:
        with using_practice(person.practice_id):
            journal.record(action, actor_id=person.pk)


def _enter(request: Any, person: Person, keyring: Any) -> HttpResponse:
    with using_practice(person.practice_id):
        turned = custody.turn_due(keyring)
        custody.rewrap(keyring, limit=500)
        emergency.wrap_missing(keyring, limit=1000)
        session, ticket = sessions.start(person, keyring, sessions.device_of(request.headers))
        if turned:
            sessions.lock_others(person.practice_id, but=session.pk)
        Person.unscoped.filter(pk=person.pk).update(last_sign_in_at=timezone.now())
        with journal.acting(person.pk, session.pk):
            journal.record("access.signed_in", object_id=session.pk)
    url = reverse("access:second_factor")
    target = next_url(request)
    response = HttpResponseRedirect(f"{url}?suite={target}" if target != "/" else url)
    sessions.set_cookie(response, ticket)
    return response


@session_only
@require_http_methods(["GET", "POST"])
def change_password(request: Any) -> HttpResponse:
    """Compulsory after a reset; free at any time."""
    if request.session_row.level < 2 or request.keyring is None:
        return redirect("access:second_factor")
    form = ChangePasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                accounts.change_password(
                    person=request.person,
                    old=form.cleaned_data["old"],
                    new=form.cleaned_data["new"],
                    keep_session=request.session_row.pk,
                )
                return redirect("/")
            except crypto.CannotOpen:
                form.add_error("old", "Ce n’est pas votre mot de passe actuel.")
            except (WeakPassword, accounts.RefusedAccount) as error:
                form.add_error("new", str(error))
    context = {"form": form, "compulsory": request.person.must_change_password}
    return render(request, "access/change_password.html", context, status=status)


@session_only
@require_http_methods(["GET", "POST"])
def notice(request: Any) -> HttpResponse:
    """The journal is announced to whoever is journalled, once, and they acknowledge it (P-TRAC-1)."""
    if request.session_row.level < 2:
        return redirect("access:second_factor")
    if request.method == "POST":
        Person.unscoped.filter(pk=request.person.pk).update(notice_read_at=timezone.now())
        journal.record("access.notice_read")
        return redirect("privacy:charter")
    return render(request, "access/notice.html")


@session_only
@require_POST
def sign_out(request: Any) -> HttpResponse:
    journal.record("access.signed_out")
    sessions.end(request.session_row)
    response = redirect("access:sign_in")
    sessions.clear_cookie(response)
    return response
