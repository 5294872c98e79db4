"""The gesture of emergency access, who was told of it, and whether the practice has it at all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access import sessions
from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.selectors import names_of
from serment.privacy import emergency
from serment.privacy.forms import EmergencyForm
from serment.privacy.models import EmergencyAccess
from serment.vault import emergency as vault


@requires("emergency.open")
@require_http_methods(["GET", "POST"])
def open_record(request: Any, patient_id: int) -> HttpResponse:
    """Why, in writing; then the record, for a few hours."""
    _known(patient_id)
    emergency.require_possible(keyring=request.keyring, author=request.person, patient_id=patient_id)
    form, status = EmergencyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            emergency.open_record(
                keyring=request.keyring,
                session=request.session_row,
                ticket=request.ticket,
                author=request.person,
                patient_id=patient_id,
                **form.cleaned_data,
            )
            messages.warning(
                request, "Dossier ouvert en urgence pour quatre heures. Ses praticiens sont prévenus."
            )
            return redirect("record:open", patient_id)
    who = names_of(keyring=request.keyring, patient_ids=[patient_id]).get(patient_id)
    journal.record("privacy.emergency_viewed", subject_id=patient_id, details={"what": "form"})
    context = {"form": form, "patient_id": patient_id, "who": who}
    return render(request, "privacy/emergency.html", context, status=status)


@requires("emergency.open")
@require_POST
def end(request: Any, patient_id: int) -> HttpResponse:
    _known(patient_id)
    emergency.end(
        keyring=request.keyring,
        session=request.session_row,
        ticket=request.ticket,
        author=request.person,
        patient_id=patient_id,
    )
    messages.success(request, "Accès d’urgence terminé.")
    return redirect("privacy:emergencies")


def _known(patient_id: int) -> None:
    if not Patient.objects.filter(pk=patient_id).exists():
        raise Http404


@requires("emergency.follow")
@require_GET
def accesses(request: Any) -> HttpResponse:
    """What concerns me: to acknowledge, then to remember."""
    found = emergency.lines(keyring=request.keyring, person=request.person)
    journal.record("privacy.emergency_viewed", details={"count": len(found)})
    return render(request, "privacy/emergencies.html", {"lines": found, "on": vault.is_on()})


@requires("emergency.follow")
@require_POST
def seen(request: Any, access_id: int) -> HttpResponse:
    try:
        emergency.acknowledge(person=request.person, access_id=access_id)
    except EmergencyAccess.DoesNotExist as error:
        raise Http404 from error
    return redirect("privacy:emergencies")


@requires("privacy.manage")
@require_POST
def switch(request: Any) -> HttpResponse:
    """Take emergency access, or do without it. The author's own session follows at once, the others at sign-in."""
    wanted = request.POST.get("on") == "1"
    verb = emergency.enable if wanted else emergency.disable
    fresh = verb(keyring=request.keyring, author=request.person)
    sessions.store_keyring(request.session_row, request.ticket, fresh)
    messages.success(
        request,
        "Accès d’urgence mis en place : chaque praticien l’aura à sa prochaine connexion."
        if wanted
        else "Le cabinet se passe désormais de l’accès d’urgence.",
    )
    return redirect("privacy:emergencies")
