"""Limitation and opposition in the patient's banner, whatever the tab."""

from __future__ import annotations

from typing import Any

from serment.formats import dates
from serment.patients import restrictions
from serment.patients.models import Restriction
from serment.patients.panels import Alert
from serment.privacy import profiles


def restriction_alerts(request: Any, patient_id: int) -> list[Alert]:
    """One chip per decision in force."""
    rules = profiles.load(profiles.DEFAULT).purposes
    found = []
    for row in restrictions.in_force(patient_id):
        since = dates.short(row.since)
        if row.kind == Restriction.Kind.LIMITATION:
            found.append(Alert(f"Données gelées depuis le {since}", "danger"))
        else:
            label = rules[row.purpose].label.lower()
            found.append(Alert(f"Opposition\u00a0: {label}", "info"))
    return found
