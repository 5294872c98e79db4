"""A practitioner's favourite sets of acts, and what they did the last time with this patient."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from serment.access.models import Person
from serment.billing.models import ActSet, Claim
from serment.billing.payloads import ClaimPayload
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.tenancy import current_practice

LIMIT = 24


class Refused(ValueError):
    """French: why the set was not kept."""


def of(practitioner: Practitioner) -> list[ActSet]:
    """In alphabetical order, one query."""
    return list(ActSet.objects.filter(practitioner=practitioner).order_by("name"))


@transaction.atomic
def save(*, author: Person, practitioner: Practitioner, name: str, acts: list[dict[str, Any]]) -> ActSet:
    """Keep a set under a name; the same name takes the new acts. Raises Refused."""
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused("Donnez un nom au favori, par exemple « Renouvellement ».")
    if not acts:
        raise Refused("Ajoutez d’abord un acte.")
    kept = ActSet.objects.filter(practitioner=practitioner, name=name).first()
    if kept is None and ActSet.objects.filter(practitioner=practitioner).count() >= LIMIT:
        raise Refused(f"{LIMIT} favoris au plus : supprimez-en un.")
    if kept is None:
        kept = ActSet(practitioner=practitioner, name=name, practice_id=current_practice())
    kept.acts = acts
    kept.save()
    journal.record("billing.favourite", object_id=kept.pk, details={"count": len(acts)})
    return kept


@transaction.atomic
def delete(*, author: Person, practitioner: Practitioner, set_id: int) -> None:
    ActSet.objects.filter(practitioner=practitioner, pk=set_id).delete()
    journal.record("billing.favourite", object_id=set_id, details={"deleted": True})


def last_acts(*, keyring: Keyring, practitioner: Practitioner, patient_id: int) -> list[dict[str, Any]]:
    """The acts of this patient's last claim by this practitioner; empty for none. One query. Raises NoKey."""
    row = (
        Claim.objects.filter(patient_id=patient_id, practitioner=practitioner)
        .exclude(state="cancelled")
        .order_by("-created_at")
        .first()
    )
    if row is None:
        return []
    payload: ClaimPayload = keyring.subject_keys([patient_id], Domain.BILLING).open(row, "payload")
    return [line.act for line in payload.lines if line.act]
