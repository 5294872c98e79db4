"""Whose money a page is about: the patient who exists, the practitioner signed in or chosen at the desk."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from serment.patients.models import Patient
from serment.practice.models import Practitioner
from serment.vault.prepared import Prepared, Slot

_KNOWN = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")).values_list("pk", flat=True))


def known_patient(patient_id: int) -> None:
    if not _KNOWN.all(pk=patient_id):
        raise Http404


def practitioner_of(request: Any) -> Practitioner:
    """Whose acts these are: the signed-in practitioner, or the one chosen at the desk."""
    if request.person.practitioner:
        practitioner: Practitioner = request.person.practitioner
        return practitioner
    chosen = request.POST.get("practitioner") or request.GET.get("practitioner", "")
    active = Practitioner.objects.filter(active=True).order_by("pk")
    found = active.filter(pk=chosen).first() if chosen.isdigit() else active.first()
    if found is None:
        raise Http404
    return found
