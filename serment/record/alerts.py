"""Allergies in the patient's banner, for whoever may read them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from serment.patients.panels import Alert
from serment.record import pregnancy, selectors
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey


def care_alerts(request: Any, patient_id: int) -> list[Alert]:
    """One chip per allergy, one for a pregnancy under way; nothing for a session without care keys."""
    if not (request.person.can("record.view") and request.keyring.holds(Domain.CARE)):
        return []
    try:
        found = selectors.warning(keyring=request.keyring, patient_id=patient_id)
    except NoKey:
        return []
    return [_chip(item) for item in found]


def _chip(item: Any) -> Alert:
    if item.kind.code == "allergy":
        return Alert(f"Allergie : {item.content.substance}", "danger")
    age = pregnancy.age_text(item.content, timezone.localdate())
    return Alert(f"Grossesse : {age}" if age else "Grossesse : terme passé, à clore", "warning")
