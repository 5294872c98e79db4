"""The page of a patient's legal representatives."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients import representatives, services
from serment.patients.representative_forms import RepresentativeForms, initial_of
from serment.patients.views.identity import patient_context


@requires("patients.edit")
@require_http_methods(["GET", "POST"])
def edit(request: Any, patient_id: int) -> HttpResponse:
    """All of them at once: an emptied name takes one away. What was typed stays after an error."""
    context = patient_context(request, patient_id, "identity")
    card = context["card"]
    forms = RepresentativeForms(request.POST or None, initial=initial_of(card.identity))
    status, error, version = 200, "", str(card.version)
    if request.method == "POST":
        status, version = 422, request.POST.get("version", "")
        if forms.is_valid():
            try:
                representatives.write(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    version=int(version) if version.isdecimal() else 0,
                    identity=card.identity,
                    representatives=forms.kept(),
                )
                messages.success(request, "Représentants enregistrés.")
                return redirect("patients:detail", patient_id)
            except services.ChangedMeanwhile:
                error = "Quelqu’un d’autre a modifié cette fiche entre-temps. Votre saisie est encore ici : relisez la "
                error += "fiche, puis enregistrez de nouveau."
                version = str(card.version)
    else:
        journal.record("patient.viewed", subject_id=patient_id, details={"what": "representatives"})
    context |= {
        "forms": forms,
        "error": error,
        "version": version,
        "ended": [one for one in representatives.of(card.identity, timezone.localdate()) if one.ended],
    }
    return render(request, "patients/representatives.html", context, status=status)
