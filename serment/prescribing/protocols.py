"""Keep, offer and apply protocols; the most used first."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q

from serment.access.models import Person
from serment.journal import services as journal
from serment.prescribing import official
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line, Prescription


def offered(person: Person) -> list[Protocol]:
    """One's own and the shared ones: one query."""
    rows = Protocol.objects.filter(Q(owner_id=person.pk) | Q(shared=True))
    return list(rows.order_by("-used", "label")[:60])


class NameTaken(ValueError):
    """One's own protocol of that name is there, and nobody said to replace it; French."""


@transaction.atomic
def keep(
    *, author: Person, label: str, prescription: Prescription, shared: bool = False, replace: bool = False
) -> Protocol:
    """Keep an ordonnance's lines under a name; ``replace``: in the place of one's own of that name.

    Raises ValueError, NameTaken.
    """
    name = " ".join(label.split())[:80]
    if len(name) < 2:
        raise ValueError("Donnez un nom au protocole.")
    if not replace and Protocol.objects.filter(owner_id=author.pk, label=name).exists():
        raise NameTaken(
            "Vous avez déjà un protocole de ce nom : cochez pour le remplacer, ou changez le nom."
        )
    row, _ = Protocol.objects.update_or_create(
        practice_id=author.practice_id,
        owner_id=author.pk,
        label=name,
        defaults={"lines": _kept(prescription.lines), "kind": prescription.kind, "shared": shared},
    )
    journal.record("prescription.protocol_kept", object_id=row.pk, details={"lines": len(row.lines)})
    return row


def _kept(lines: list[Line]) -> list[dict[str, Any]]:
    """Lines without anything of their patient: reasons given, the dose that their kidney had."""
    found = []
    for line in lines:
        rule = line.dosage.rule if line.dosage else None
        bare = line.model_copy(update={"overrides": [], "dosage": rule})
        found.append(bare.model_dump(mode="json", exclude_defaults=True))
    return found


def apply(*, person: Person, protocol_id: int) -> tuple[Protocol, list[Line], list[str]]:
    """The lines of a protocol, counted as used once more; labels of those left out, of the starter list and without an
    official equivalent. Raises Protocol.DoesNotExist.
    """
    row = Protocol.objects.filter(Q(owner_id=person.pk) | Q(shared=True)).get(pk=protocol_id)
    Protocol.objects.filter(pk=row.pk).update(used=F("used") + 1)
    return row, *official.renewed([Line.model_validate(line) for line in row.lines])


@transaction.atomic
def forget(*, author: Person, protocol_id: int) -> None:
    """Delete one of one's own; ordonnances made from it stay. Raises Protocol.DoesNotExist."""
    row = Protocol.objects.get(pk=protocol_id, owner_id=author.pk)
    journal.record("prescription.protocol_forgotten", object_id=row.pk)
    row.delete()


@transaction.atomic
def change(*, author: Person, protocol_id: int, label: str, shared: bool, lines: list[Line]) -> None:
    """Another name for one of one's own, offered to the practice or not, its lines as they are changed.

    Raises ValueError, Protocol.DoesNotExist.
    """
    row = Protocol.objects.get(pk=protocol_id, owner_id=author.pk)
    name = " ".join(label.split())[:80]
    if len(name) < 2:
        raise ValueError("Donnez un nom au protocole.")
    if Protocol.objects.filter(owner_id=author.pk, label=name).exclude(pk=row.pk).exists():
        raise ValueError("Un autre de vos protocoles porte ce nom.")
    row.label, row.shared, row.lines = name, shared, _kept(lines)
    row.save(update_fields=["label", "shared", "lines"])
    journal.record("prescription.protocol_kept", object_id=row.pk, details={"lines": len(row.lines)})
