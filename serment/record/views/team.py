"""« Équipe de soins »: who follows this patient, share, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients import restrictions
from serment.patients.views.identity import patient_context
from serment.record import perms, set_aside, sharing
from serment.record.services import patient_keys
from serment.vault.ids import decode


@requires("record.write")
@require_GET
def team(request: Any, patient_id: int) -> HttpResponse:
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "team") | {
        "circles": sharing.circles(request.person, patient_id),
        "decides": sharing.decides(request.keyring, request.person, patient_id),
        "readers": set_aside.readers(patient_id),
        "someone_aside": bool(restrictions.aside_of(patient_id)),
        "may_set_aside": set_aside.may(request.keyring, request.person, patient_id),
        "opposed": restrictions.opposed(patient_id, sharing.PURPOSE),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "team"})
    return render(request, "record/team.html", context)


def _chosen(request: Any, name: str) -> int:
    """Raises ValueError, in French, for what is no choice of the page."""
    try:
        return decode(request.POST.get(name, ""))
    except ValueError:
        raise ValueError("Choisissez dans la liste de la page.") from None


@requires("record.write")
@require_POST
def share(request: Any, patient_id: int) -> HttpResponse:
    """``circle`` and ``what`` (share, or take back)."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    given = {"keyring": request.keyring, "author": request.person, "patient_id": patient_id}
    try:
        circle_id = _chosen(request, "circle")
        if request.POST.get("what") == "back":
            sharing.unshare(**given, circle_id=circle_id)
            messages.success(request, "Partage repris\u00a0: ce cercle ne lit plus le dossier.")
        else:
            sharing.share(**given, circle_id=circle_id, agreed=request.POST.get("agreed") == "1")
            messages.success(request, "Dossier partagé.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("record:team", patient_id)


@requires("record.write")
@require_POST
def aside(request: Any, patient_id: int) -> HttpResponse:
    """``person`` and ``what`` (set aside, or bring back)."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    given = {"keyring": request.keyring, "author": request.person, "patient_id": patient_id}
    try:
        person_id = _chosen(request, "person")
        if request.POST.get("what") == "back":
            set_aside.bring_back(**given, person_id=person_id)
            messages.success(request, "Cette personne lit de nouveau le dossier.")
        else:
            set_aside.set_aside(**given, person_id=person_id)
            messages.success(request, "Personne écartée\u00a0: ce dossier ne s’ouvre plus pour elle.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("record:team", patient_id)
