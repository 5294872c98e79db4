"""Who received something of a patient: whom to tell when it is corrected, erased or frozen (article 19; R9.3)."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone

from serment.formats import dates
from serment.journal.models import Event

HANDED = {
    "prescription.printed": "ordonnance imprimée\u00a0: le patient, et qui l’a exécutée",
    "billing.printed": "note d’honoraires\u00a0: le patient, et sa complémentaire s’il la lui a envoyée",
    "privacy.copy_made": "copie du dossier\u00a0: le patient, ou la personne qu’il a désignée",
}
"""Actions by which data left the practice. Messages and télétransmission will add theirs."""


def past(patient_id: int) -> list[tuple[str, str]]:
    """(action, sentence with the last date), within the journal's own term: one query."""
    rows = (
        Event.objects.filter(subject_id=patient_id, action__in=HANDED)
        .values_list("action")
        .annotate(Max("at"))
        .order_by("action")
    )
    return [
        (action, f"{HANDED[action]} (dernière fois le {dates.short(timezone.localtime(at))})")
        for action, at in rows
    ]
