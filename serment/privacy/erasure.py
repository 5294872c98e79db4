"""Erasure, for real: what goes now, what stays, on which ground and until when (article 17; R9.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone

from serment.agenda import erasure as agenda
from serment.billing.models import Claim
from serment.formats import dates
from serment.patients import erasure as patients
from serment.patients.models import Patient
from serment.privacy import profiles, register, rights
from serment.record import moments
from serment.record.models import Entry
from serment.vault.keyring import Keyring


@dataclass(frozen=True)
class Part:
    """One kind of data and its fate. ``until``: last day it may be kept, None when it goes now."""

    what: str
    why: str
    until: date | None = None

    @property
    def text(self) -> str:
        """« Dossier médical : gardé jusqu’au 3 mars 2046, parce que… »"""
        fate = f"gardé jusqu’au {dates.medium(self.until)} au plus tard" if self.until else "effacé"
        return f"{self.what}\u00a0: {fate}. {self.why}"


def staying(patient_id: int) -> list[Part]:
    """What an erasure leaves, each with its ground and its end."""
    profile = profiles.load(register.settings_of_practice().profile)
    created = timezone.localtime(Patient.objects.values_list("created_at", flat=True).get(pk=patient_id))
    touched = Entry.objects.filter(patient_id=patient_id).aggregate(last=Max(moments.intervened()))["last"]
    billed = Claim.objects.filter(patient_id=patient_id).aggregate(last=Max("established_on"))["last"]
    last = timezone.localtime(touched).date() if touched else created.date()
    found = [
        Part(
            "Identité et dossier de santé",
            rights.GROUNDS["17.3.b"].text,
            _end(profile.retention["medical_record"], max(last, billed or last)),
        )
    ]
    if billed:
        found.append(
            Part(
                "Feuilles de soins et honoraires",
                profile.retention["claims"].ground,
                _end(profile.retention["claims"], billed),
            )
        )
    found.append(
        Part(
            "Traces d’accès à vos données",
            "Elles prouvent qui a consulté le dossier et vous restent communicables (article 32 du RGPD).",
            _end(profile.retention["journal"], timezone.localdate()),
        )
    )
    return found


def _end(rule: profiles.RetentionRule, start: date) -> date:
    return rights.add_months(start, rule.active_months + rule.archive_months)


def leaving(patient_id: int) -> list[Part]:
    """What would go now."""
    free, notes = agenda.erasable(patient_id)
    return [
        Part(
            "Téléphones (ceux des représentants aussi), courriel, personne à prévenir, note administrative, "
            "et leurs anciennes versions",
            "Rien n’oblige à les garder.",
        ),
        Part(f"Rendez-vous passés annulés ou manqués ({free})", "Ils n’ont donné lieu à aucun soin."),
        Part(f"Notes des autres rendez-vous passés ({notes})", "Elles ne servent plus."),
    ]


def carry_out(*, keyring: Keyring, patient_id: int) -> list[str]:
    """Erase what may go; gives the sentences of the answer, what went first. Raises Frozen, NoKey."""
    gone = leaving(patient_id)
    patients.erase_contacts(keyring=keyring, patient_id=patient_id)
    agenda.erase(patient_id=patient_id)
    return [part.text for part in (*gone, *staying(patient_id))]
