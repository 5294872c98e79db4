"""Tests that the practice defines: kept, offered beside those that ship, taken out of use."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.record import scores
from serment.record.models import Questionnaire
from serment.record.scores import Definition
from serment.vault.ids import decode, encode


def _definition(row: Questionnaire) -> Definition:
    return Definition(
        encode(row.pk),
        row.title,
        row.source,
        scores.parse_items(row.items),
        scores.parse_bands(row.bands),
        own=True,
    )


def offered() -> list[Definition]:
    """Those that ship, then the practice's own: one query."""
    own = Questionnaire.objects.filter(active=True).order_by("title")
    return [*scores.shipped().values(), *(_definition(row) for row in own)]


def find(code: str) -> Definition | None:
    """A definition in use, by its code: one query at most."""
    known = scores.shipped().get(code)
    if known is not None:
        return known
    row = row_of(code)
    return _definition(row) if row is not None and row.active else None


def row_of(code: str) -> Questionnaire | None:
    try:
        return Questionnaire.objects.filter(pk=decode(code)).first()
    except ValueError:
        return None


@transaction.atomic
def keep(
    *, author: Person, title: str, source: str, items: str, bands: str, row: Questionnaire | None = None
) -> Questionnaire:
    """A new one, or ``row`` changed. What was answered before keeps its own items. Raises BadDefinition."""
    scores.parse_items(items)
    scores.parse_bands(bands)
    row = row or Questionnaire(practice_id=author.practice_id, owner_id=author.pk)
    row.title, row.source, row.items, row.bands, row.active = (
        title.strip(),
        source.strip(),
        items,
        bands,
        True,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise scores.BadDefinition("Le cabinet a déjà un test de ce titre.") from None
    journal.record("record.questionnaire_kept", object_id=row.pk)
    return row


@transaction.atomic
def retire(*, author: Person, row: Questionnaire) -> None:
    """No longer offered; answers already in records stay as they are."""
    row.active = False
    row.save(update_fields=["active"])
    journal.record("record.questionnaire_retired", object_id=row.pk)
