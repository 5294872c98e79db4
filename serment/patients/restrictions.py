"""Frozen data and switched-off purposes: asked by every room before it uses a patient's data (R9.1, R9.5).

Limitation (article 18): the data are kept and read by the practitioner who follows the patient, and serve for nothing
else until lifted. Opposition (article 21): one purpose is switched off. Exclusion: one person of the practice no longer
opens the patient's care (the keyring refuses it, `vault.closed`). Deciding is the affair of `privacy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from serment.access.rules import Refusal
from serment.patients.models import Restriction
from serment.vault.prepared import Prepared, Slot

_IN_FORCE = Prepared(
    lambda: Restriction.objects.filter(patient_id=Slot("patient_id"), lifted_at__isnull=True).order_by(
        "since"
    )
)


class Frozen(Refusal):
    """The patient's data are under limitation: this use must wait until it is lifted."""

    def __init__(self) -> None:
        super().__init__(
            title="Données gelées",
            text=(
                "Le traitement des données de ce patient est limité à sa demande (article 18 du "
                "RGPD)\u00a0: elles sont "
                "conservées, mais ne servent à rien d’autre tant que la limitation n’est pas levée. Rien n’a été "
                "enregistré. Le praticien la lève depuis l’onglet «\u00a0Droits\u00a0» du patient."
            ),
        )


def in_force(patient_id: int) -> list[Restriction]:
    """What holds today for a patient: one query."""
    found: list[Restriction] = _IN_FORCE.all(patient_id=patient_id)
    return found


def frozen(patient_id: int) -> bool:
    return any(row.kind == Restriction.Kind.LIMITATION for row in in_force(patient_id))


def frozen_among(patient_ids: Iterable[int]) -> set[int]:
    """Those whose data are under limitation, for batches: one query."""
    rows = Restriction.objects.filter(
        patient_id__in=list(patient_ids), kind=Restriction.Kind.LIMITATION, lifted_at=None
    )
    return set(rows.values_list("patient_id", flat=True))


def all_frozen() -> set[int]:
    """Every patient of the practice whose data are under limitation: one query."""
    rows = Restriction.objects.filter(kind=Restriction.Kind.LIMITATION, lifted_at=None)
    return set(rows.values_list("patient_id", flat=True))


def require_free(patient_id: int | None) -> None:
    """Raises Frozen when the patient's data may not be used. None (no patient) passes."""
    if patient_id is not None and frozen(patient_id):
        raise Frozen


def require_readable(request: Any, patient_id: int) -> None:
    """Raises Frozen for whoever does not treat: a limited file is read by its practitioners only."""
    if not request.person.can("record.view"):
        require_free(patient_id)


def aside_of(patient_id: int) -> list[Restriction]:
    """Decisions in force that set someone aside for a patient: one query."""
    return [row for row in in_force(patient_id) if row.kind == Restriction.Kind.EXCLUSION]


def closed_to(person: Any, patient: str = "patient_id") -> Exists:
    """For lists: rows whose patient set ``person`` aside (a `Person`'s id or an `OuterRef`), in the same query."""
    return Exists(
        Restriction.objects.filter(
            kind=Restriction.Kind.EXCLUSION, lifted_at=None, person_id=person, patient_id=OuterRef(patient)
        )
    )


def opposed(patient_id: int, purpose: str) -> bool:
    """Whether the patient switched off a purpose: sharing, reminders."""
    return any(
        row.kind == Restriction.Kind.OPPOSITION and row.purpose == purpose for row in in_force(patient_id)
    )
