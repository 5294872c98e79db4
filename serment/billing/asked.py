"""What the money pages read of an address: which day, which month, whose accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from serment.billing import perms
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


@dataclass(frozen=True)
class Accounts:
    """Whose accounts a page shows. ``chosen``: one practitioner; None, all those of ``whose`` (None: the practice)."""

    chosen: Practitioner | None
    whose: frozenset[int] | None
    offered: list[Practitioner]

    @property
    def context(self) -> dict[str, Any]:
        """What `billing/whose.html` needs: the practitioners, and the one shown."""
        return {
            "practitioners": self.offered,
            "chosen": self.chosen,
            "everybody": EVERYBODY,
            "partial": self.whose is not None,
        }


def accounts(request: Any, asked: str) -> Accounts:
    """One's own first, else those asked for, among the accounts this person reads: two queries. Raises Http404."""
    allowed = perms.readable(request.person)
    offered = list(perms.within(Practitioner.objects.order_by("family_name", "pk"), allowed, "pk"))
    at_desk = not request.person.practitioner_id
    if (asked == EVERYBODY and (at_desk or len(offered) > 1)) or (not asked and at_desk):
        return Accounts(None, allowed, offered)
    wanted = request.person.practitioner_id if asked in ("", EVERYBODY) else _decoded(asked)
    for one in offered:
        if one.pk == wanted:
            return Accounts(one, frozenset({one.pk}), offered)
    raise Http404


def _decoded(text: str) -> int:
    try:
        return decode(text)
    except ValueError:
        raise Http404 from None


def one_practitioner(text: str) -> Practitioner:
    """Raises Http404."""
    found: Practitioner = get_object_or_404(Practitioner.objects.all(), pk=_decoded(text))
    return found


def claim(claim_id: int) -> Claim:
    """Raises Http404."""
    found: Claim = get_object_or_404(Claim.objects.select_related("practitioner"), pk=claim_id)
    return found
