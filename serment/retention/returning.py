"""A patient who comes back is recognised while their identity is typed, by whoever may open their archive (R7.4)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from serment.formats import dates
from serment.patients.panels import Past
from serment.patients.payloads import Identity
from serment.retention import services
from serment.vault.domains import Domain
from serment.vault.paths import path


def archived(request: Any, identity: Identity) -> list[Past]:
    """Archived files of exactly this identity: nothing to a session without the archive's key and its permission.

    The match is a keyed token, made of birth name, first given name and birth date; the address holds an opaque id.
    """
    if not request.person.can("retention.act") or not request.keyring.circles(Domain.ARCHIVE):
        return []
    found = services.find(
        keyring=request.keyring,
        family=identity.birth_family_name,
        first=identity.first_given_name,
        born=identity.birth_date,
    )
    return [
        Past(
            f"Un dossier archivé le {dates.short(timezone.localtime(row.archived_at))} porte exactement cette "
            "identité\u00a0: rendez-le à la base active plutôt que d’en créer un second.",
            path("retention:consult", row.pk),
            "Ouvrir l’archive",
        )
        for row in found
    ]
