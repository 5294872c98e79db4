"""Providers: what each one's file still lacks; and the counts that decide on an impact assessment (R2.7, R2.8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.agenda.models import Appointment
from serment.privacy.forms import CLAUSES
from serment.privacy.models import Processor

SOON = timedelta(days=60)
EEA = frozenset(
    "allemagne autriche belgique bulgarie chypre croatie danemark espagne estonie finlande france grèce hongrie "
    "irlande islande italie lettonie liechtenstein lituanie luxembourg malte norvège pays-bas pologne portugal "
    "roumanie slovaquie slovénie suède tchéquie".split()
)
"""Countries of the European Economic Area, as they are typed."""


def lacks(row: Processor) -> list[str]:
    """What is missing from a provider's file, in words; empty when nothing is (R6.13-R6.25)."""
    missing: list[str] = []
    today = timezone.localdate()
    if row.ended_on:
        return [] if row.returned_on or not row.sees_data else ["données à rendre ou à détruire"]
    if row.sees_data:
        if not row.contract_on:
            missing.append("contrat à signer")
        absent = len(set(CLAUSES) - set(row.clauses))
        if absent:
            missing.append(f"{absent} clause{'s' if absent > 1 else ''} manquante{'s' if absent > 1 else ''}")
    if row.kind == Processor.Kind.BOOKING and not row.responsibilities.strip():
        missing.append("répartition des responsabilités à écrire")
    if row.kind == Processor.Kind.MAIL and row.country.strip().lower() not in EEA:
        missing.append("messagerie hors de l’Union européenne")
    if row.hosts_health:
        if not row.hds_certificate or not row.hds_until:
            missing.append("certificat HDS à noter avec sa date")
        elif row.hds_until < today:
            missing.append("certificat HDS expiré")
        elif row.hds_until < today + SOON:
            missing.append("certificat HDS bientôt expiré")
    return missing


def patients_this_year() -> int:
    """Distinct patients with an appointment kept over twelve months: one query (R2.8)."""
    since = timezone.now() - timedelta(days=365)
    return (
        Appointment.objects.filter(start__gte=since, patient_id__isnull=False)
        .exclude(state__in=["cancelled", "missed"])
        .values("patient_id")
        .distinct()
        .count()
    )
