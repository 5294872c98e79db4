"""The declarations of a patient, those that may be due, and the practice's list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.privacy import declarations
from serment.privacy.forms import DeclarationForm


@requires("record.write")
@require_http_methods(["GET", "POST"])
def of_patient(request: Any, patient_id: int) -> HttpResponse:
    context = patient_context(request, patient_id, "declarations")
    done = declarations.of_patient(keyring=request.keyring, patient_id=patient_id)
    due = declarations.called_for(keyring=request.keyring, patient_id=patient_id, declared=done)
    # The address says which line was chosen, never which disease.
    asked = request.GET.get("proposition", "")
    proposed = {f"{rank}": kind.code for rank, kind in enumerate(due, start=1)}.get(asked, "")
    form = DeclarationForm(request.POST or None, initial={"kind": proposed})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                declarations.declare(
                    keyring=request.keyring, author=request.person, patient_id=patient_id, **form.cleaned_data
                )
                messages.success(request, "Déclaration notée au dossier. Serment n’envoie rien lui-même.")
                return redirect("privacy:declare", patient_id)
            except declarations.Refused as error:
                form.add_error("declared_on", str(error))
    context |= {
        "form": form,
        "lines": done,
        "due": due,
        "dated": declarations.dated(),
    }
    journal.record("privacy.patient_viewed", subject_id=patient_id, details={"what": "declarations"})
    return render(request, "privacy/declare.html", context, status=status)


@requires("record.write")
@require_GET
def declaration_list(request: Any) -> HttpResponse:
    found = declarations.lines(keyring=request.keyring)
    journal.record("privacy.viewed", details={"what": "declarations", "count": len(found)})
    context = {"lines": found, "dated": declarations.dated()}
    return render(request, "privacy/declarations.html", context)
