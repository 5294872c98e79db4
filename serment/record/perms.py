"""Who reads and writes a record: ``record.view`` / ``record.write``, and a care key of the patient's circle.

The permission opens the view; the key opens the content. Whoever has the first without the second gets NoKey, hence a
journalled 403.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404

from serment.patients.models import Patient
from serment.record.models import Entry
from serment.vault.ids import decode
from serment.vault.prepared import Prepared, Slot

_KNOWN = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")).values_list("pk", flat=True))


def patient_or_404(patient_id: int) -> None:
    """Raises Http404 for a patient that is not of this practice."""
    if not _KNOWN.all(pk=patient_id):
        raise Http404


def entry_or_404(entry_id: int) -> Entry:
    """Raises Http404 for an entry that is not of this practice."""
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    return entry


def encounter(request: Any, patient_id: int) -> str:
    """The consultation of this patient that a page names (``consultation``), as text; empty for any other text."""
    text = request.POST.get("consultation") or request.GET.get("consultation", "")
    try:
        entry_id = decode(text)
    except ValueError:
        return ""
    found = Entry.objects.filter(pk=entry_id, patient_id=patient_id, kind="consultation")
    return text if found.exists() else ""
