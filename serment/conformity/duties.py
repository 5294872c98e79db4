"""What waits for whoever answers for the practice: a few lines on « Ma journée », each with its page."""

from __future__ import annotations

from typing import Any

from serment.access import reviews
from serment.access.desk import Waiting
from serment.conformity import services as attestations
from serment.operations import backup
from serment.operations.models import Run
from serment.privacy import breaches, requests, watch
from serment.retention import departures, services, upkeep
from serment.vault.paths import path


def duties(request: Any) -> list[Waiting]:
    """The most pressing first. A handful of queries, none for who does not answer for the practice."""
    if not request.person.can("privacy.manage"):
        return []
    lines = [*_late(), *_due()]
    return [
        Waiting(text, path(name), icon="shield-check", urgent=urgent, order=60)
        for text, name, urgent in lines
    ]


def _late() -> list[tuple[str, str, bool]]:
    """What has a legal delay behind it, and signals of the journal: (what, URL name, urgent)."""
    found = []
    if late := breaches.late_count():
        found.append((f"{late} violation à notifier, 72 heures dépassées", "privacy:breaches", True))
    if late := requests.overdue():
        found.append((f"{late} demande de patient en retard", "privacy:requests", True))
    found += [(signal.text, "privacy:home", True) for signal in watch.recent()[:3]]
    return found


def _due() -> list[tuple[str, str, bool]]:
    """What the practice owes itself: (what, URL name, urgent)."""
    found = []
    if not backup.is_fresh(Run.Kind.BACKUP):
        found.append(
            ("Sauvegarde à faire\u00a0: la dernière réussie a plus de 36 heures", "operations:home", False)
        )
    elif not backup.is_fresh(Run.Kind.REHEARSAL):
        found.append(("La dernière sauvegarde n’a pas pu être rouverte à l’essai", "operations:home", True))
    past, soon = attestations.reminders()
    if past:
        found.append((f"Attestations de conformité à renouveler\u00a0: {past}", "conformity:home", False))
    elif soon:
        found.append(
            (
                f"Attestations de conformité à renouveler sous trente jours\u00a0: {soon}",
                "conformity:home",
                False,
            )
        )
    if reviews.is_due():
        found.append(("Revue annuelle des droits à faire", "access:review", False))
    if leaving := upkeep.dormant():
        who = ", ".join(f"{person.display_name} ({days} j)" for person, days in leaving[:3])
        found.append((f"Comptes inutilisés, bientôt suspendus\u00a0: {who}", "access:team", False))
    if late := departures.late():
        found.append((f"{late} dossiers auraient dû partir aux archives", "retention:home", False))
    if ended := len(services.ended()):
        found.append((f"{ended} archives au terme, à détruire", "retention:destroy", False))
    return found
