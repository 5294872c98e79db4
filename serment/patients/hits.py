"""One line about a patient, for the lists of every room: two queries however many lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from serment.formats import dates, phone
from serment.patients.models import Patient
from serment.patients.payloads import Identity
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring


@dataclass(frozen=True)
class PatientHit:
    """One line of a list. ``match`` says how a search found it: exact, family, given, phonetic."""

    id: int
    display_name: str
    birth_date: date
    sex: str
    city: str
    phone: str
    match: str = "exact"

    @property
    def exact(self) -> bool:
        """False when only the sound of the name fits."""
        return self.match != "phonetic"

    @property
    def age(self) -> str:
        return dates.age_text(self.birth_date, timezone.localdate())


def hit_of(patient_id: int, identity: Identity, match: str = "exact") -> PatientHit:
    contact = identity.contact
    number = contact.mobile or contact.phone
    return PatientHit(
        patient_id,
        identity.display_name,
        identity.birth_date,
        identity.sex,
        contact.city,
        phone.display_phone(number) if number else "",
        match,
    )


def open_identities(keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, Identity]:
    """Identities by patient id, those that exist and open: two queries. Raises NoKey without the admin domain."""
    ids = list(patient_ids)
    if not ids:
        return {}
    keys = keyring.subject_keys(ids, Domain.ADMIN)
    rows = Patient.objects.filter(pk__in=ids).only("id", "practice_id", "identity")
    return {row.pk: keys.open(row, "identity") for row in rows if row.pk in keys}
