"""What became of a patient's file: its older versions, and who looked at it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from serment.access.models import Person
from serment.access.rules import requires
from serment.formats import dates, nir, phone
from serment.journal import services as journal
from serment.patients import perms, selectors
from serment.patients import trace as trace_list
from serment.patients.forms import PatientForm
from serment.patients.representatives import CAPACITIES
from serment.patients.views.identity import patient_context

_LABELS = {
    **{name: str(field.label) for name, field in PatientForm.base_fields.items()},
    "representatives": "Représentants légaux",
    "confirmed_on": "Coordonnées confirmées le",
    "birth_place_name": "Commune de naissance",
    "country": "Pays",
    "source": "Origine",
    "coverage.nir": "Numéro de sécurité sociale",
    "coverage.c2s": "Complémentaire santé solidaire",
    "coverage.ald": "Affection de longue durée",
    "coverage.insured_name": "Assuré",
    "coverage.fund": "Caisse",
    "coverage.amc_name": "Complémentaire",
    "coverage.amc_number": "Numéro de complémentaire",
    "ins.matricule": "Matricule INS",
    "ins.oid": "Autorité de l’INS",
    "ins.status": "Statut de l’INS",
}
_PHONES = ("mobile", "phone", "emergency_phone")
_STATUSES = {
    "provisional": "provisoire",
    "retrieved": "récupérée",
    "validated": "validée",
    "qualified": "qualifiée",
}
_SOURCES = {"patient": "le patient", "import": "import"}


def _shown(name: str, value: Any) -> str:
    """A stored value as people read it."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if not value:
        return "—"
    if name == "representatives":
        return " ; ".join(f"{one['name']}, {CAPACITIES[one['capacity']]}" for one in value)
    if isinstance(value, date):
        return dates.short(value)
    if name in _PHONES:
        return phone.display_phone(value)
    if name in ("coverage.nir", "ins.matricule"):
        return nir.mask_nir(value)
    if name == "sex":
        return selectors.SEXES[value]
    if name == "ins.oid":
        return "NIR" if value.endswith(".8") else "NIA" if value.endswith(".9") else "test"
    return (
        {**_STATUSES, **_SOURCES}.get(value, str(value)) if name in ("ins.status", "source") else str(value)
    )


@requires("patients.edit")
@require_GET
def versions(request: Any, patient_id: int) -> HttpResponse:
    """Older versions, each with what the edit changed."""
    context = patient_context(request, patient_id, "identity")
    people = {person.pk: person.display_name for person in Person.objects.select_related("practitioner")}
    changes = selectors.changes_of(keyring=request.keyring, patient_id=patient_id)
    context["versions"] = [
        {
            "number": change.number,
            "made_at": change.made_at,
            "who": people.get(change.author_id, "—"),
            "changes": [
                (_LABELS[name], _shown(name, old), _shown(name, new))
                for name, old, new in change.fields
                if name in _LABELS
            ],
        }
        for change in changes
    ]
    journal.record("patient.viewed", subject_id=patient_id, details={"what": "history"})
    return render(request, "patients/history.html", context)


@requires("patients.trace")
@require_GET
def trace(request: Any, patient_id: int) -> HttpResponse:
    """Who looked at this patient, and when: the journal, by subject (R9.8)."""
    context = patient_context(request, patient_id, "trace")
    perms.require_trace(request, patient_id)
    before = request.GET.get("avant", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else None
    context["rows"], context["next_before"] = trace_list.lines(request, patient_id, before=number)
    journal.record("patient.traced", subject_id=patient_id)
    return render(request, "patients/trace.html", context)


@requires("patients.trace")
@require_GET
def trace_paper(request: Any, patient_id: int) -> HttpResponse:
    """The same list as a PDF, to hand to the patient."""
    context = patient_context(request, patient_id, "trace")
    perms.require_trace(request, patient_id)
    content = trace_list.paper(request, context["card"])
    journal.record("patient.trace_printed", subject_id=patient_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="acces-au-dossier.pdf"'
    return response
