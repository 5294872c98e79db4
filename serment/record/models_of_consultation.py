"""The ways to begin a consultation: the practitioner's own, the shared ones, those that ship."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from serment.access.models import Person
from serment.journal import services as journal
from serment.record.models import ConsultationModel

_STARTERS = Path(__file__).parent / "data" / "consultations.toml"
TEXTS = ("reason", "history", "examination", "conclusion")


@dataclass(frozen=True)
class Offered:
    """``key`` names it in the address; ``texts`` by field of the consultation."""

    key: str
    label: str
    texts: dict[str, str]
    own: bool


def offered(person: Person) -> list[Offered]:
    """One's own and the shared ones, then those that ship and that none replaces: one query."""
    rows = ConsultationModel.objects.filter(Q(owner_id=person.pk) | Q(shared=True)).order_by("label")
    own = [
        Offered(f"m{row.pk}", row.label, {name: getattr(row, name) for name in TEXTS}, True) for row in rows
    ]
    taken = {model.label for model in own}
    return own + [
        Offered(f"s{number}", row["label"], {name: row.get(name, "") for name in TEXTS}, False)
        for number, row in enumerate(tomllib.loads(_STARTERS.read_text())["model"])
        if row["label"] not in taken
    ]


def find(person: Person, key: str) -> Offered | None:
    return next((model for model in offered(person) if model.key == key), None)


@transaction.atomic
def keep(*, author: Person, label: str, shared: bool, **texts: str) -> ConsultationModel:
    """Keep under a name; the same name again replaces it."""
    row, _ = ConsultationModel.objects.update_or_create(
        practice_id=author.practice_id,
        owner_id=author.pk,
        label=label.strip()[:80],
        defaults={"shared": shared, **{name: texts.get(name, "") for name in TEXTS}},
    )
    journal.record("record.model_kept", object_id=row.pk)
    return row
