"""Allergies in the patient's banner, for whoever may read them."""

from __future__ import annotations

from typing import Any

from serment.patients.panels import Alert
from serment.record import selectors
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey


def allergy_alerts(request: Any, patient_id: int) -> list[Alert]:
    """One chip per allergy; nothing for a session without care keys."""
    if not (request.person.can("record.view") and request.keyring.holds(Domain.CARE)):
        return []
    try:
        found = selectors.allergies(keyring=request.keyring, patient_id=patient_id)
    except NoKey:
        return []
    return [Alert(f"Allergie : {allergy.substance}", "danger") for allergy in found]
