"""Limitation and opposition in the patient's banner, whatever the tab."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from serment.formats import dates
from serment.patients import restrictions
from serment.patients.models import Restriction
from serment.patients.panels import Alert
from serment.privacy import profiles


def restriction_alerts(request: Any, patient_id: int) -> list[Alert]:
    """One chip per decision in force."""
    rules = profiles.load(profiles.DEFAULT).purposes
    found = []
    rows = restrictions.in_force(patient_id)
    for row in rows:
        since = dates.short(row.since)
        if row.kind == Restriction.Kind.LIMITATION:
            found.append(Alert(f"Données gelées depuis le {since}", "danger"))
        elif row.kind == Restriction.Kind.OPPOSITION:
            label = rules[row.purpose].label.lower()
            found.append(Alert(f"Opposition\u00a0: {label}", "info"))
    if any(row.kind == Restriction.Kind.EXCLUSION for row in rows):
        found.append(Alert("Accès restreint à la demande du patient", "info"))
    return found


def emergency_alert(request: Any, patient_id: int) -> list[Alert]:
    """That this record is open by an emergency access, and until when: no query."""
    if request.keyring is None or not request.keyring.is_lent(patient_id):
        return []
    until = timezone.localtime(datetime.fromtimestamp(request.keyring.lent[patient_id][1], tz=UTC))
    return [Alert(f"Accès d’urgence jusqu’à {dates.clock(until)}", "danger")]
