"""What of a patient's identity may go on request: the ways to reach them, on every version of the card (R9.4)."""

from __future__ import annotations

from django.db import transaction

from serment.journal import services as journal
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Contact, Identity
from serment.patients.restrictions import require_free
from serment.patients.services import tokens_of
from serment.vault import index
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey

KEPT = ("address", "address_more", "postal_code", "city", "country")
"""The feuille de soins and the honoraires need an address: it stays with them."""


def _without_reach(identity: Identity) -> Identity:
    kept = {name: getattr(identity.contact, name) for name in KEPT}
    acting = [one.model_copy(update={"phone": ""}) for one in identity.representatives]
    return identity.model_copy(update={"contact": Contact(**kept), "note": "", "representatives": acting})


@transaction.atomic
def erase_contacts(*, keyring: Keyring, patient_id: int) -> int:
    """Blank phones (representatives' too), e-mail, emergency contact and administrative note on every version.

    Gives how many cards held some. Raises Frozen, NoKey, Patient.DoesNotExist.
    """
    require_free(patient_id)
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    keys = keyring.subject_keys([patient_id], Domain.ADMIN)
    if patient_id not in keys:
        raise NoKey("no admin key for this patient")
    count = 0
    before: Identity = keys.open(patient, "identity")
    after = _without_reach(before)
    if after != before:
        keys.seal(patient, "identity", after)
        patient.version += 1
        patient.save(update_fields=["identity", "version", "updated_at"])
        index.replace(
            patient_id, tokens_of(keyring, before, None, None), tokens_of(keyring, after, None, None)
        )
        count += 1
    for row in PatientVersion.objects.filter(patient_id=patient_id, identity__isnull=False):
        old: Identity = keys.open(row, "identity")
        if (bare := _without_reach(old)) != old:
            keys.seal(row, "identity", bare)
            row.save(update_fields=["identity"])
            count += 1
    journal.record("patient.contacts_erased", subject_id=patient_id, details={"cards": count})
    return count
