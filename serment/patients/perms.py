"""Who sees which patient.

Identity belongs to the practice: everyone with ``patients.view`` sees it, since everyone at the desk may receive the
patient. Care belongs to the circle: a session that has no key for the patient gets NoKey, hence 403.
"""

from __future__ import annotations

from typing import Any

from serment.vault.domains import Domain


def may_enter_coverage(request: Any) -> bool:
    """Social-security number: only with the billing domain (R5.4)."""
    return bool(request.keyring.holds(Domain.BILLING))


def may_enter_ins(request: Any) -> bool:
    """INS: for care only (R5.3)."""
    return bool(request.keyring.holds(Domain.CARE) and request.person.can("record.view"))
