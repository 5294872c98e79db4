"""Create and change patients. One transaction, one journal event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients import restrictions
from serment.patients.finding import ins_tokens
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.patients.selectors import PARTS, open_parts
from serment.patients.terms import admin_terms, nir_terms
from serment.vault import index
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey, new_subjects


class ChangedMeanwhile(Exception):
    """Someone else saved this patient since the form was opened."""


def tokens_of(
    keyring: Keyring, identity: Identity | None, coverage: Coverage | None, ins: InsIdentity | None
) -> set[int]:
    """Blind-index tokens of a patient, in the domains this session holds."""
    found: set[int] = set()
    if identity is not None:
        found |= index.tokens(keyring.index_key(Domain.ADMIN), admin_terms(identity))
    if coverage is not None and keyring.holds(Domain.BILLING):
        found |= index.tokens(keyring.index_key(Domain.BILLING), nir_terms(coverage.nir))
    if ins is not None:
        found |= ins_tokens(keyring, ins.matricule)
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
    if coverage is not None and coverage != Coverage() and Domain.BILLING in keys:
        keys[Domain.BILLING].seal(patient, "coverage", coverage)
    if ins is not None and ins.matricule and Domain.CARE in keys:
        keys[Domain.CARE].seal(patient, "ins", ins)
    patient.save(force_insert=True)
    index.replace(patient.pk, set(), tokens_of(keyring, identity, coverage, ins))
    journal.record(
        "patient.created",
        subject_id=patient.pk,
        details={"source": "import" if import_key else identity.source},
    )
    return patient


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

    A part left to None, or whose key this session does not hold, stays as it is. Raises ChangedMeanwhile when
    ``version`` is not the current one, Patient.DoesNotExist, NoKey.
    """
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.version != version:
        raise ChangedMeanwhile
    restrictions.require_free(patient_id)
    keys = keyring.subject_keys_in([patient.pk], [domain for _, domain in PARTS])
    if Domain.ADMIN not in keys or patient.pk not in keys[Domain.ADMIN]:
        raise NoKey("no admin key for this patient")
    old = open_parts(keys, patient, patient.pk)
    new: dict[str, Any] = {"identity": identity, "coverage": coverage, "ins": ins}
    past = PatientVersion(
        patient=patient, number=patient.version, practice_id=patient.practice_id, author_id=author.pk
    )
    changed: list[str] = []
    for name, domain in PARTS:
        if new[name] is None or domain not in keys or patient.pk not in keys[domain]:
            new[name] = old[name]
            continue
        fields = _changed_fields(name, old[name], new[name])
        if not fields:
            continue
        if old[name] is not None:
            keys[domain].seal(past, name, old[name])
        keys[domain].seal(patient, name, new[name])
        changed += fields
    if not changed:
        return patient
    past.save()
    patient.version += 1
    patient.save()
    index.replace(patient.pk, tokens_of(keyring, **old), tokens_of(keyring, **new))
    journal.record("patient.changed", subject_id=patient.pk, details={"fields": sorted(changed)})
    return patient


@transaction.atomic
def confirm_contacts(*, keyring: Keyring, patient_id: int) -> Patient:
    """The patient was asked and nothing has changed: today is kept with their identity (R5.13).

    No version is made. Raises Patient.DoesNotExist, NoKey, Frozen.
    """
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    restrictions.require_free(patient_id)
    keys = keyring.subject_keys([patient_id], Domain.ADMIN)
    identity: Identity = keys.open(patient, "identity")
    keys.seal(patient, "identity", identity.model_copy(update={"confirmed_on": timezone.localdate()}))
    patient.save(update_fields=["identity", "updated_at"])
    journal.record("patient.confirmed", subject_id=patient_id)
    return patient


def _changed_fields(part: str, before: Any, after: Any) -> list[str]:
    """Names only, for the journal: « identity.birth_date », « contact.mobile »."""
    old = before.model_dump() if before is not None else type(after).model_construct().model_dump()
    changed: list[str] = []
    for name, value in after.model_dump().items():
        if isinstance(value, dict):
            known = old.get(name) or {}
            changed += [f"{name}.{key}" for key, inner in value.items() if known.get(key) != inner]
        elif old.get(name) != value:
            changed.append(f"{part}.{name}")
    return changed
