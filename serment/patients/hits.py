"""One line about a patient, for the lists of every room: two queries however many lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from serment.formats import dates, phone
from serment.patients.models import Patient
from serment.patients.payloads import Identity
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey
from serment.vault.tenancy import current_practice

STALE_DAYS = 396


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
    confirmed_on: date | None = None
    """When the patient last said that their contact details are right."""

    @property
    def to_confirm(self) -> bool:
        """Never confirmed, or more than thirteen months ago: to be asked at the next arrival (R5.13)."""
        return self.confirmed_on is None or (timezone.localdate() - self.confirmed_on).days > STALE_DAYS

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
        identity.confirmed_on,
    )


# The identities and the keys that open them in one query; every join carries the practice (DESIGN §5).
_IDENTITIES = """
SELECT p.id, p.identity, k.circle_id, k.domain_key_id, k.to_public, k.wrapped
FROM patients_patient AS p
JOIN vault_subjectkey AS k ON k.practice_id = p.practice_id AND k.subject_id = p.id AND k.domain = 'admin'
WHERE p.practice_id = %s AND p.id IN ({marks})
"""


def open_identities(keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, Identity]:
    """Identities by patient id, those that exist and open, as they were asked for: one query.

    Raises NoKey without the admin domain, CannotOpen.
    """
    ids = list(patient_ids)
    if not ids:
        return {}
    if not keyring.holds(Domain.ADMIN):
        raise NoKey("no key of domain admin")
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES.format(marks=", ".join(["%s"] * len(ids))), [current_practice(), *ids])
        rows = cursor.fetchall()
    wrapped = ((row[0], Domain.ADMIN, *row[2:]) for row in rows)
    keys = keyring.unwrap(wrapped, [Domain.ADMIN])[Domain.ADMIN]
    sealed = {row[0]: row[1] for row in rows}
    opened = keys.open_many(Patient, "identity", ((pk, pk, data) for pk, data in sealed.items()))
    found = {pk: Identity.model_validate(stored) for pk, stored in opened}
    return {pk: found[pk] for pk in ids if pk in found}
