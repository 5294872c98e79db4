"""Create and change patients. One transaction, one journal event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.patients.terms import admin_terms, nir_terms
from serment.vault import index
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, new_subjects


class ChangedMeanwhile(Exception):
    """Someone else saved this patient since the form was opened."""


def tokens_of(keyring: Keyring, identity: Identity, coverage: Coverage | None) -> set[int]:
    """Blind-index tokens of a patient, in the domains this session holds."""
    found = index.tokens(keyring.index_key(Domain.ADMIN), admin_terms(identity))
    if coverage is not None and coverage.nir and keyring.holds(Domain.BILLING):
        found |= index.tokens(keyring.index_key(Domain.BILLING), nir_terms(coverage.nir))
    return found


@transaction.atomic
def create_patient(
    *,
    keyring: Keyring,
    author: Person,
    identity: Identity,
    coverage: Coverage | None = None,
    ins: InsIdentity | None = None,
    circle_ids: Iterable[int],
    import_key: str = "",
) -> Patient:
    """A new patient with keys of their own, followed by these circles.

    Coverage and INS are kept only where the session holds their domain. Raises NoKey without the admin domain.
    """
    patient = Patient(id=new_id(), practice_id=keyring.practice_id, import_key=import_key)
    keys = new_subjects(keyring, [patient.pk], circle_ids)[patient.pk]
    keys[Domain.ADMIN].seal(patient, "identity", identity)
    if coverage is not None and Domain.BILLING in keys:
        keys[Domain.BILLING].seal(patient, "coverage", coverage)
    if ins is not None and Domain.CARE in keys:
        keys[Domain.CARE].seal(patient, "ins", ins)
    patient.save(force_insert=True)
    index.replace(patient.pk, set(), tokens_of(keyring, identity, coverage))
    journal.record(
        "patient.created",
        subject_id=patient.pk,
        details={"source": "import" if import_key else identity.source},
    )
    return patient


_PARTS = (("identity", Domain.ADMIN), ("coverage", Domain.BILLING), ("ins", Domain.CARE))


@transaction.atomic
def update_patient(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    version: int,
    identity: Identity,
    coverage: Coverage | None = None,
    ins: InsIdentity | None = None,
) -> Patient:
    """Replace what changed; the patient as they were becomes a `PatientVersion`.

    Raises ChangedMeanwhile when ``version`` is not the current one, Patient.DoesNotExist, NoKey.
    """
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.version != version:
        raise ChangedMeanwhile
    new: dict[str, Any] = {"identity": identity, "coverage": coverage, "ins": ins}
    past = PatientVersion(
        patient=patient, number=patient.version, practice_id=patient.practice_id, author_id=author.pk
    )
    changed: list[str] = []
    old_tokens: set[int] = set()
    new_tokens: set[int] = set()
    for name, domain in _PARTS:
        if new[name] is None or not keyring.holds(domain):
            continue
        keys = keyring.subject_keys([patient.pk], domain)
        before = keys.open(patient, name) if getattr(patient, name) is not None else None
        if before == new[name]:
            continue
        if before is not None:
            keys.seal(past, name, before)
        keys.seal(patient, name, new[name])
        changed += _changed_fields(name, before, new[name])
        if name == "identity":
            old_tokens |= tokens_of(keyring, before, None)
            new_tokens |= tokens_of(keyring, identity, None)
        elif name == "coverage":
            key = keyring.index_key(Domain.BILLING)
            old_tokens |= index.tokens(key, nir_terms(before.nir)) if before else set()
            new_tokens |= index.tokens(key, nir_terms(new[name].nir))
    if not changed:
        return patient
    past.save()
    patient.version += 1
    patient.save()
    index.replace(patient.pk, old_tokens, new_tokens)
    journal.record("patient.changed", subject_id=patient.pk, details={"fields": sorted(changed)})
    return patient


def _changed_fields(part: str, before: Any, after: Any) -> list[str]:
    old = before.model_dump() if before is not None else {}
    return [f"{part}.{name}" for name, value in after.model_dump().items() if old.get(name) != value]
