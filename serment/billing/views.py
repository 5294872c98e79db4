"""Whose money a page is about: the patient who exists, the practitioner signed in or chosen at the desk."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from serment.formats.text import is_digits
from serment.patients.models import Patient
from serment.practice.models import Practitioner
from serment.record.models import Entry
from serment.vault.ids import decode
from serment.vault.prepared import Prepared, Slot

_KNOWN = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")).values_list("pk", flat=True))
_ENCOUNTER = Prepared(
    lambda: Entry.objects.filter(
        pk=Slot("pk"), patient_id=Slot("patient_id"), kind="consultation"
    ).values_list("pk", flat=True)
)


def known_patient(patient_id: int) -> None:
    if not _KNOWN.all(pk=patient_id):
        raise Http404


def encounter_of(request: Any, patient_id: int) -> str:
    """The consultation that a page names (``consultation``), as text; empty where it names none.

    Raises Http404 for one that is not a consultation of this patient: their claim must never point at another's.
    """
    text: str = request.POST.get("consultation") or request.GET.get("consultation", "")
    if not text:
        return ""
    try:
        found = _ENCOUNTER.all(pk=decode(text), patient_id=patient_id)
    except ValueError:
        raise Http404 from None
    if not found:
        raise Http404
    return text


def practitioner_of(request: Any) -> Practitioner:
    """Whose acts these are: the signed-in practitioner, or the one chosen at the desk."""
    if request.person.practitioner:
        practitioner: Practitioner = request.person.practitioner
        return practitioner
    chosen = request.POST.get("practitioner") or request.GET.get("practitioner", "")
    active = Practitioner.objects.filter(active=True).order_by("pk")
    found = active.filter(pk=chosen).first() if is_digits(chosen) and len(chosen) < 19 else active.first()
    if found is None:
        raise Http404
    return found
