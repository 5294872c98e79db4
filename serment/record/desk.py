"""What the record puts on « Ma journée »: consultations begun and not signed, photos received and not kept."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils import timezone

from serment.access.desk import Waiting
from serment.formats import dates
from serment.patients.restrictions import closed_to
from serment.patients.selectors import names_of
from serment.record.models import Draft, Photo
from serment.vault.domains import Domain
from serment.vault.paths import path

SHOWN = 5


def drafts(request: Any) -> list[Waiting]:
    """Two queries, none for who does not write in records."""
    person, keyring = request.person, request.keyring
    if not person.can("record.write"):
        return []
    mine = Draft.objects.filter(~closed_to(person.pk), author_id=person.pk)
    rows = list(mine.order_by("-updated_at")[:SHOWN])
    named = keyring.holds(Domain.ADMIN) and rows
    names = names_of(keyring=keyring, patient_ids={row.patient_id for row in rows}) if named else {}
    return [
        Waiting(
            f"Consultation à signer\u00a0: {names[row.patient_id].display_name if row.patient_id in names else ''}, "
            f"enregistrée à {dates.clock(timezone.localtime(row.updated_at))}",
            path("record:consultation", row.patient_id),
            icon="pencil",
            order=10,
        )
        for row in rows
    ]


def photos(request: Any) -> list[Waiting]:
    """Photos of a phone that nobody has put in a record yet: one query."""
    person = request.person
    if not person.can("record.write"):
        return []
    found = Photo.objects.filter(~closed_to(person.pk), capture__author_id=person.pk).values_list(
        "patient_id", flat=True
    )
    counts = Counter(found)
    return [
        Waiting(
            f"{count} photo{'s' if count > 1 else ''} d’un téléphone à garder",
            path("record:photos", patient_id),
            icon="camera",
            order=15,
        )
        for patient_id, count in list(counts.items())[:SHOWN]
    ]
