"""Who a sheet is about, for the fund: opened in memory only, for many patients at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serment.formats.nir import is_valid_nir
from serment.patients import restrictions
from serment.patients.models import Patient
from serment.patients.payloads import Coverage, Identity
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, SubjectKeys


class Refused(ValueError):
    """French: why nothing was done."""


FROZEN = "Données gelées à la demande du patient\u00a0: la feuille attend la levée."


@dataclass(frozen=True)
class Insured:
    """``keys``: the billing keys, which open the claim too."""

    coverage: Coverage
    who: Identity
    keys: SubjectKeys


def of(keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, Insured | Refused]:
    """Each patient's coverage, or the field to fill: three queries whatever the number. Raises NoKey."""
    rows = Patient.objects.in_bulk(set(patient_ids))
    keys = keyring.subject_keys_in(rows, [Domain.BILLING, Domain.ADMIN])
    frozen = restrictions.frozen_among(rows)
    return {
        pk: Refused(FROZEN) if pk in frozen else _checked(row, keys[Domain.BILLING], keys[Domain.ADMIN])
        for pk, row in rows.items()
    }


def _checked(row: Patient, billing_keys: SubjectKeys, admin_keys: SubjectKeys) -> Insured | Refused:
    coverage: Coverage = billing_keys.open(row, "coverage") if row.coverage else Coverage()
    if not is_valid_nir(coverage.nir):
        return Refused("Numéro de sécurité sociale absent ou faux\u00a0: complétez la fiche d’identité.")
    if not (coverage.scheme and coverage.fund and coverage.centre):
        return Refused("Organisme absent (régime, caisse, centre)\u00a0: complétez la fiche d’identité.")
    return Insured(coverage, admin_keys.open(row, "identity"), billing_keys)


def require(keyring: Keyring, patient_id: int) -> None:
    """Raises Refused with the field to fill, NoKey."""
    found = of(keyring, [patient_id])[patient_id]
    if isinstance(found, Refused):
        raise found
