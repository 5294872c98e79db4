"""The team: invite, reset, suspend, reinstate; and the practice's settings."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access import accounts, sessions, setup, team
from serment.access.forms import DatesForm, InviteForm, PasswordForm, PracticeSettingsForm
from serment.access.models import Person
from serment.access.profiles import PERMISSIONS, PROFILES
from serment.access.rules import requires
from serment.documents import recovery_sheet
from serment.journal import services as journal
from serment.vault.ids import encode


@requires("team.manage")
@require_GET
def members(request: Any) -> HttpResponse:
    people = Person.objects.select_related("practitioner", "replaces").order_by("suspended_at", "family_name")
    return render(request, "access/team.html", {"people": people})


@requires("team.manage")
@require_GET
def permission_table(request: Any) -> HttpResponse:
    """The table that decides, shown as it is (R6.1)."""
    rows = [
        (label, [code in profile.permissions for profile in PROFILES.values()])
        for code, label in PERMISSIONS.items()
    ]
    return render(request, "access/permissions.html", {"rows": rows, "profiles": PROFILES.values()})


@requires("team.manage")
@require_http_methods(["GET", "POST"])
def invite(request: Any) -> HttpResponse:
    form = InviteForm(request.POST or None, circles=request.keyring.circles())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person, password = team.add_member(
                    keyring=request.keyring, by=request.person, data=form.cleaned_data
                )
                return render(
                    request, "access/handover.html", {"member": person, "password": password, "new": True}
                )
            except accounts.RefusedAccount as error:
                form.add_error("login", str(error))
    return render(request, "access/invite.html", {"form": form, "profiles": PROFILES.values()}, status=status)


@requires("team.manage")
@require_POST
def reset(request: Any, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.select_related("holder"), pk=person_id)
    try:
        password = accounts.reset_password(keyring=request.keyring, by=request.person, person=person)
    except accounts.RefusedAccount as error:
        messages.error(request, str(error))
        return redirect("access:team")
    return render(request, "access/handover.html", {"member": person, "password": password, "new": False})


@requires("team.manage")
@require_POST
def suspend(request: Any, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.select_related("holder"), pk=person_id)
    try:
        accounts.suspend(keyring=request.keyring, by=request.person, person=person)
        sessions.keys_turned(request.session_row, request.ticket, request.keyring)
        messages.success(request, "Compte suspendu : ses sessions sont fermées et ses clés retirées.")
    except accounts.RefusedAccount as error:
        messages.error(request, str(error))
    return redirect("access:team")


@requires("team.manage")
@require_POST
def reinstate(request: Any, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.select_related("holder", "practitioner"), pk=person_id)
    accounts.reinstate(keyring=request.keyring, by=request.person, person=person)
    messages.success(request, "Compte rétabli.")
    return redirect("access:team")


@requires("team.manage")
@require_http_methods(["GET", "POST"])
def dates(request: Any, person_id: int) -> HttpResponse:
    """Prolong a substitute, or end a stay sooner."""
    person = get_object_or_404(Person.objects.select_related("holder", "practitioner"), pk=person_id)
    initial = {
        "starts_on": person.starts_on,
        "ends_on": person.ends_on,
        "replaces": encode(person.replaces_id) if person.replaces_id else "",
    }
    form = DatesForm(request.POST or None, initial=initial, circles=request.keyring.circles())
    if person.profile != "substitute":
        del form.fields["replaces"]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                accounts.change_dates(
                    keyring=request.keyring, by=request.person, person=person, **form.cleaned_data
                )
                messages.success(request, "Dates enregistrées, pour le compte et pour ses clés.")
                return redirect("access:team")
            except accounts.RefusedAccount as error:
                form.add_error("ends_on", str(error))
    return render(request, "access/dates.html", {"form": form, "member": person}, status=status)


@requires("team.manage")
@require_http_methods(["GET", "POST"])
def renew_recovery(request: Any) -> HttpResponse:
    """A new code for the safe, when the sheet is lost: one's password first, then the code, once, with its sheet."""
    form, status = PasswordForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                code = setup.renew_on_screen(
                    keyring=request.keyring, person=request.person, password=form.cleaned_data["password"]
                )
                sheet = recovery_sheet(practice_name=request.practice.name, code=code)
                context = {"code": code, "sheet": base64.b64encode(sheet).decode()}
                return render(request, "access/recovery_renewed.html", context)
            except accounts.RefusedAccount as error:
                form.add_error("password", str(error))
    return render(request, "access/renew_recovery.html", {"form": form}, status=status)


@requires("practice.settings")
@require_http_methods(["GET", "POST"])
def practice_settings(request: Any) -> HttpResponse:
    form = PracticeSettingsForm(request.POST or None, instance=request.practice)
    status = 200
    if request.method == "POST":
        status = 422
        before = request.practice.secretary_billing
        if form.is_valid():
            practice = form.save()
            if practice.secretary_billing != before:
                team.apply_secretary_billing(keyring=request.keyring, practice=practice)
                sessions.keys_turned(request.session_row, request.ticket, request.keyring)
            journal.record("practice.changed", details={"fields": sorted(form.changed_data)})
            messages.success(request, "Réglages enregistrés.")
            return redirect("access:practice_settings")
    return render(request, "access/practice_settings.html", {"form": form}, status=status)
