"""What privacy puts on « Ma journée »: emergency accesses to acknowledge, requests and violations before their term."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from serment.access.desk import Waiting
from serment.formats import dates
from serment.privacy import breaches, charter, emergency
from serment.privacy.models import Breach, RightsRequest
from serment.vault.paths import path

REMIND = timedelta(days=6)
"""A copy of the medical file is due in eight days: the reminder comes on the second."""


def waiting(request: Any) -> list[Waiting]:
    """Five queries at most."""
    person, found = request.person, list[Waiting]()
    if not charter.has_signed(request.practice, person):
        text = "Charte informatique du cabinet à lire et à signer"
        found.append(Waiting(text, path("privacy:charter"), icon="shield-check", order=20))
    if person.can("emergency.follow") and (count := emergency.pending(person)):
        many = "s" if count > 1 else ""
        text = f"{count} dossier{many} ouvert{many} en urgence par quelqu’un qui ne suit pas le patient"
        found.append(Waiting(text, path("privacy:emergencies"), icon="alert-triangle", urgent=True))
    if person.can("privacy.decide"):
        found += _requests()
    if person.can("privacy.manage"):
        found += _violations()
    return found


def _requests() -> list[Waiting]:
    today = timezone.localdate()
    rows = RightsRequest.objects.filter(
        state=RightsRequest.State.RECEIVED, due_on__gte=today, due_on__lte=today + REMIND
    ).order_by("due_on")
    return [
        Waiting(
            f"Demande d’un patient ({row.get_kind_display()})\u00a0: répondre avant le {dates.short(row.due_on)}",
            path("privacy:decide", row.pk),
            icon="mail",
            order=30,
        )
        for row in rows[:5]
    ]


def _violations() -> list[Waiting]:
    """Open violations whose 72 hours are running."""
    now = timezone.now()
    return [
        Waiting(
            f"Violation de données\u00a0: à notifier avant le {dates.short(timezone.localtime(end))} à "
            f"{dates.clock(timezone.localtime(end))}",
            path("privacy:breach", row.pk),
            icon="alert-triangle",
            urgent=True,
        )
        for row in Breach.objects.filter(closed_at=None, notified_at=None).exclude(risk=Breach.Risk.NONE)
        if (end := breaches.deadline(row)) > now
    ]
