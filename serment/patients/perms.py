"""Who sees which patient.

Identity belongs to the practice: everyone with ``patients.view`` sees it, since everyone at the desk may receive the
patient. Care belongs to the circle: a session that has no key for the patient gets NoKey, hence 403.
"""

from __future__ import annotations

from typing import Any

from serment.formats.text import is_digits
from serment.practice.models import Circle
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey


def may_enter_coverage(request: Any) -> bool:
    """Social-security number: only with the billing domain (R5.4)."""
    return bool(request.keyring.holds(Domain.BILLING))


def may_enter_ins(request: Any) -> bool:
    """INS: for care only (R5.3)."""
    return bool(request.keyring.holds(Domain.CARE) and request.person.can("record.view"))


def circles_for(request: Any) -> list[int]:
    """Who will follow a new patient: the author's circle; from the desk, the circles ticked, or the first."""
    if request.person.practitioner:
        return [request.person.practitioner.circle_id]
    known = list(Circle.objects.order_by("pk").values_list("pk", flat=True))
    ticked = [
        int(pk)
        for pk in request.POST.getlist("circles")
        if is_digits(pk) and len(pk) < 20 and int(pk) in known
    ]
    return ticked or known[:1]


def require_trace(request: Any, patient_id: int) -> None:
    """Who looked at a record: for the circle that follows the patient, and for the owner (R9.8). Raises NoKey."""
    if request.person.is_owner:
        return
    if patient_id not in request.keyring.subject_keys([patient_id], Domain.CARE):
        raise NoKey("the trace is for the circle that follows the patient")
