"""Prices marked « à vérifier »: each is taken as theirs once by a practitioner, who read it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from serment.access.models import Person
from serment.billing.models import TariffConfirmation
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import current_practice


class NotTheirs(ValueError):
    """French: someone else than the practitioner would confirm a price."""


_CONFIRMED = Prepared(
    lambda: TariffConfirmation.objects.filter(practitioner_id=Slot("practitioner_id")).values_list(
        "tariff", flat=True
    )
)


def confirmed(practitioner: Practitioner) -> set[str]:
    """Tariff rows (`quote.tariffs.key_of`) that this practitioner confirmed: one query."""
    return set(_CONFIRMED.all(practitioner_id=practitioner.pk))


@transaction.atomic
def confirm(*, author: Person, practitioner: Practitioner, keys: Iterable[str]) -> int:
    """Keep that these rows were read and are right; how many were new. Raises NotTheirs."""
    wanted = set(keys)
    if wanted:
        wanted -= confirmed(practitioner)
    if not wanted:
        return 0
    if author.practitioner_id != practitioner.pk:
        raise NotTheirs("Un tarif à vérifier se confirme par le praticien lui-même, une fois.")
    TariffConfirmation.objects.bulk_create(
        [
            TariffConfirmation(practitioner=practitioner, tariff=key, practice_id=current_practice())
            for key in sorted(wanted)
        ]
    )
    journal.record("billing.tariff", object_id=practitioner.pk, details={"count": len(wanted)})
    return len(wanted)
