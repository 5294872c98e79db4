"""What télétransmission puts on « Ma journée »: days about to pass, rejections, returns that fit nothing."""

from __future__ import annotations

from typing import Any

from serment.access.desk import Waiting
from serment.transmission import deadlines, returns, states
from serment.transmission.models import Return, Sheet
from serment.vault.paths import path


def waiting(request: Any) -> list[Waiting]:
    """Five queries, none for who does not bill."""
    person = request.person
    if not person.can("billing.write"):
        return []
    board = path("transmission:board")
    seen = deadlines.watch(request.practice, person.practitioner_id)
    rows = Sheet.objects.filter(state__in=states.TO_TREAT).exclude(claim__state="cancelled")
    if person.practitioner_id:
        rows = rows.filter(claim__practitioner_id=person.practitioner_id)
    treat = rows.count()
    lines = returns.waiting(person.practitioner_id).count()
    lines += Return.objects.exclude(trouble="").filter(treated_at=None).count()
    found = []
    if seen.late:
        found.append(Waiting(_said(seen.late, "au-delà du délai d’envoi"), board, icon="cash", urgent=True))
    if seen.soon:
        found.append(Waiting(_said(seen.soon, "à envoyer d’ici demain"), board, icon="cash", order=10))
    if treat:
        found.append(
            Waiting(_said(treat, "à traiter (rejet, paiement partiel)"), board, icon="cash", order=30)
        )
    if lines:
        text = f"{lines} retour{'s' if lines > 1 else ''} de caisse à rapprocher"
        found.append(Waiting(text, path("transmission:returns"), icon="cash", order=35))
    return found


def _said(count: int, rest: str) -> str:
    return f"{count} feuille{'s' if count > 1 else ''} de soins {rest}"
