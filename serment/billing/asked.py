"""What the money pages read of an address: which day, which month, whose accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from serment.billing.models import Claim
from serment.practice.models import Practitioner
from serment.vault.ids import decode

EVERYBODY = "tous"


def day(text: str) -> date:
    """Today for what is no day, or a day that no till can have."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
    return found if 2000 <= found.year <= 2100 else timezone.localdate()


def month(text: str) -> date:
    """First day of « 2026-11 »; of this month for what is none."""
    return day(f"{text}-01").replace(day=1)


def practitioner(request: Any, asked: str) -> Practitioner | None:
    """Whose accounts: one's own first, else the one asked for; None is the whole practice. Raises Http404."""
    if not asked and request.person.practitioner_id:
        own: Practitioner = request.person.practitioner
        return own
    if not asked or asked == EVERYBODY:
        return None
    return one_practitioner(asked)


def one_practitioner(text: str) -> Practitioner:
    """Raises Http404."""
    try:
        found: Practitioner = get_object_or_404(Practitioner.objects.all(), pk=decode(text))
    except ValueError:
        raise Http404 from None
    return found


def whose(request: Any, chosen: Practitioner | None) -> dict[str, Any]:
    """What `billing/whose.html` needs: the practitioners, and the one shown."""
    return {
        "practitioners": list(Practitioner.objects.order_by("family_name", "pk")),
        "chosen": chosen,
        "everybody": EVERYBODY,
    }


def claim(claim_id: int) -> Claim:
    """Raises Http404."""
    found: Claim = get_object_or_404(Claim.objects.select_related("practitioner"), pk=claim_id)
    return found
