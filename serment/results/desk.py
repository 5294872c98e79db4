"""What the results room puts on « Ma journée »: examinations received and not yet seen."""

from __future__ import annotations

from typing import Any

from serment.access.desk import Waiting
from serment.results import services
from serment.vault.paths import path


def unseen(request: Any) -> list[Waiting]:
    """One query, none for who does not write in records."""
    count = services.to_treat(request.person) if request.person.can("record.write") else 0
    if not count:
        return []
    text = f"{count} résultat{'s' if count > 1 else ''} d’examens à voir"
    return [Waiting(text, path("results:home"), icon="list-search", order=20)]
