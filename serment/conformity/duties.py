"""What waits for whoever answers for the practice: a few lines on « Ma journée », each with its page."""

from __future__ import annotations

from itertools import islice

from serment.access import reviews
from serment.operations import backup
from serment.operations.models import Run
from serment.privacy import breaches, requests, watch
from serment.retention import clock, services, upkeep

LOOK = 50


def duties() -> list[tuple[str, str]]:
    """(what, URL name), the most pressing first. A handful of queries; empty when nothing is due."""
    found: list[tuple[str, str]] = []
    if late := breaches.late_count():
        found.append((f"{late} violation à notifier, 72 heures dépassées", "privacy:breaches"))
    if late := requests.overdue():
        found.append((f"{late} demande de patient en retard", "privacy:requests"))
    found += [(signal.text, "privacy:home") for signal in watch.signals()[:3]]
    if not backup.is_fresh(Run.Kind.BACKUP):
        found.append(("Sauvegarde à faire : la dernière réussie a plus de 36 heures", "operations:home"))
    if reviews.is_due():
        found.append(("Revue annuelle des droits à faire", "access:review"))
    if leaving := upkeep.dormant():
        who = ", ".join(f"{person.display_name} ({days} j)" for person, days in leaving[:3])
        found.append((f"Comptes inutilisés, bientôt suspendus\u00a0: {who}", "access:team"))
    due = sum(not item.held for item in islice(clock.sweep(), LOOK))
    if due:
        found.append((f"{due}{' ou plus' if due == LOOK else ''} dossiers à archiver", "retention:home"))
    if ended := len(services.ended()):
        found.append((f"{ended} archives au terme, à détruire", "retention:destroy"))
    return found
