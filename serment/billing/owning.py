"""Whose money it is: a practitioner handles their own accounts alone, the desk those of all it helps."""

from __future__ import annotations

from serment.access.models import Person
from serment.billing.perms import readable
from serment.billing.refusal import Refused


def may_handle(author: Person, practitioner_id: int) -> bool:
    """Whether this person may bill, receive, give back or give up in these accounts: one's own, or, at the desk, those
    one reads. A colleague who was given to read them changes nothing.
    """
    if author.practitioner_id:
        return author.practitioner_id == practitioner_id
    allowed = readable(author)
    return allowed is None or practitioner_id in allowed


def require_own(author: Person | None, practitioner_id: int) -> None:
    """Raises Refused. ``author`` is None where the practice's agent reads a return."""
    if author is not None and not may_handle(author, practitioner_id):
        raise Refused(
            "Cette facture est celle d’un autre praticien\u00a0: lui seul et le secrétariat en tiennent l’argent."
        )
