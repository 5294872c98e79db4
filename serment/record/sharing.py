"""The care team of a patient: which circles follow them; share with another, take it back (R6.2, L.1110-4 CSP)."""

from __future__ import annotations

from django.db import transaction

from serment.access.models import Person
from serment.access.rules import Refusal
from serment.journal import services as journal
from serment.patients import restrictions
from serment.practice.models import Circle, Practitioner
from serment.record.services import patient_keys
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import SubjectKey

PURPOSE = "echanges"


class Opposed(Refusal):
    """The patient said no to sharing."""

    def __init__(self) -> None:
        super().__init__(
            title="Le patient s’oppose au partage",
            text=(
                "Une opposition aux échanges est en vigueur\u00a0: le dossier n’est pas partagé. Elle se lève dans "
                "l’onglet «\u00a0Droits\u00a0», à la demande du patient."
            ),
        )


def following(patient_id: int) -> set[int]:
    """Circles that hold the patient's care key: one query."""
    keys = SubjectKey.objects.filter(subject_id=patient_id, domain=Domain.CARE.value)
    return set(keys.values_list("circle_id", flat=True))


def circles() -> list[tuple[Circle, str]]:
    """(circle, names of its practitioners): two queries."""
    people: dict[int, list[str]] = {}
    for row in Practitioner.objects.filter(active=True).order_by("family_name"):
        people.setdefault(row.circle_id, []).append(f"{row.display_name} ({row.qualification})")
    return [(circle, ", ".join(people.get(circle.pk, ()))) for circle in Circle.objects.order_by("pk")]


@transaction.atomic
def share(*, keyring: Keyring, author: Person, patient_id: int, circle_id: int, agreed: bool) -> None:
    """Let another circle of the practice read the record. Raises Opposed, Frozen, NoKey, ValueError without agreement.

    Within the practice sharing needs the patient's knowledge; the agreement is written down all the same.
    """
    restrictions.require_free(patient_id)
    patient_keys(keyring, patient_id)
    if restrictions.opposed(patient_id, PURPOSE):
        raise Opposed
    if not agreed:
        raise ValueError("Le patient doit être informé et d’accord\u00a0: cochez-le.")
    own = author.practitioner.circle_id if author.practitioner else 0
    if circle_id == own or not Circle.objects.filter(pk=circle_id).exists():
        raise ValueError("Choisissez un autre cercle de soins.")
    custody.share_subject(keyring, patient_id, own, circle_id)
    journal.record("record.shared", subject_id=patient_id, object_id=circle_id)


@transaction.atomic
def unshare(*, keyring: Keyring, author: Person, patient_id: int, circle_id: int) -> None:
    """Take the key back from another circle; never from one's own. Raises NoKey, ValueError."""
    patient_keys(keyring, patient_id)
    own = author.practitioner.circle_id if author.practitioner else 0
    if circle_id == own:
        raise ValueError("Votre propre cercle garde le dossier\u00a0: c’est lui qui en répond.")
    SubjectKey.objects.filter(subject_id=patient_id, domain=Domain.CARE.value, circle_id=circle_id).delete()
    journal.record("record.unshared", subject_id=patient_id, object_id=circle_id)
