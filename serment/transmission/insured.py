"""Who a sheet is about, for the fund: opened in memory only, for many patients at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serment.patients import restrictions
from serment.patients.models import Patient
from serment.patients.payloads import Coverage, Identity
from serment.transmission import rules
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, SubjectKeys

FROZEN = "Données gelées à la demande du patient\u00a0: la feuille attend la levée."


class Refused(ValueError):
    """French: why nothing was done."""


@dataclass(frozen=True)
class Insured:
    """``keys``: the billing keys, which open the claim too. ``fault``: what the fund would refuse, empty when sound."""

    coverage: Coverage
    who: Identity
    keys: SubjectKeys
    fault: str = ""


def of(keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, Insured]:
    """Each patient's coverage and identity: three queries whatever the number. Raises NoKey."""
    rows = Patient.objects.in_bulk(set(patient_ids))
    keys = keyring.subject_keys_in(rows, [Domain.BILLING, Domain.ADMIN])
    frozen = restrictions.frozen_among(rows)
    return {
        pk: _opened(row, keys[Domain.BILLING], keys[Domain.ADMIN], pk in frozen) for pk, row in rows.items()
    }


def _opened(row: Patient, billing_keys: SubjectKeys, admin_keys: SubjectKeys, frozen: bool) -> Insured:
    coverage: Coverage = billing_keys.open(row, "coverage") if row.coverage else Coverage()
    faults = rules.of_coverage(coverage)
    fault = FROZEN if frozen else next(iter(faults.values()), "")
    return Insured(coverage, admin_keys.open(row, "identity"), billing_keys, fault)


def require(keyring: Keyring, patient_id: int) -> Insured:
    """Raises Refused with the field to fill, NoKey."""
    found = of(keyring, [patient_id])[patient_id]
    if found.fault:
        raise Refused(found.fault)
    return found
