"""The care team of a patient: which circles follow them; share with another, take it back (R6.2, L.1110-4 CSP).

A circle that the patient was registered with holds the record by right; one that it was shared with is a guest. Only
the first share and take back, and only from the second: the key of those who answer for the record never goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from serment.access.models import Person
from serment.access.rules import Refusal
from serment.journal import services as journal
from serment.patients import restrictions
from serment.practice.models import Circle, Practitioner
from serment.record.services import patient_keys
from serment.vault import archive, custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

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


@dataclass(frozen=True)
class Followed:
    """A circle of the practice and one patient. ``follows``: reads the record; ``guest``: because it was shared."""

    circle: Circle
    names: str
    follows: bool
    guest: bool
    own: bool


def following(patient_id: int) -> set[int]:
    """Circles that hold the patient's care key: one query."""
    return set(archive.circles_of(patient_id))


def circles(author: Person, patient_id: int) -> list[Followed]:
    """Every circle of the practice, and what it is to this patient: four queries."""
    people: dict[int, list[str]] = {}
    for row in Practitioner.objects.filter(active=True).order_by("family_name"):
        people.setdefault(row.circle_id, []).append(f"{row.display_name} ({row.qualification})")
    held, rightful, own = following(patient_id), custody.by_right(patient_id), _own(author)
    return [
        Followed(
            circle,
            ", ".join(people.get(circle.pk, ())),
            circle.pk in held,
            circle.pk in held and circle.pk not in rightful,
            circle.pk == own,
        )
        for circle in Circle.objects.order_by("pk")
    ]


def _own(author: Person) -> int:
    return author.practitioner.circle_id if author.practitioner else 0


def decides(keyring: Keyring, author: Person, patient_id: int) -> bool:
    """Whether ``author`` is of a circle that holds the record by right, with its key: one query."""
    own = _own(author)
    return own in custody.by_right(patient_id) and keyring.holds(Domain.CARE, own)


def _require_right(keyring: Keyring, author: Person, patient_id: int) -> None:
    patient_keys(keyring, patient_id)
    if not decides(keyring, author, patient_id):
        raise ValueError(
            "Seul un cercle qui suit le patient de plein droit partage son dossier ou reprend un partage\u00a0: un "
            "cercle invité ou un accès d’urgence ne fait que le lire."
        )


@transaction.atomic
def share(*, keyring: Keyring, author: Person, patient_id: int, circle_id: int, agreed: bool) -> None:
    """Let another circle of the practice read the record. Raises Opposed, Frozen, NoKey, ValueError without agreement.

    Within the practice sharing needs the patient's knowledge; the agreement is written down all the same.
    """
    restrictions.require_free(patient_id)
    _require_right(keyring, author, patient_id)
    if restrictions.opposed(patient_id, PURPOSE):
        raise Opposed
    if not agreed:
        raise ValueError("Le patient doit être informé et d’accord\u00a0: cochez-le.")
    if not Circle.objects.filter(pk=circle_id).exists():
        raise ValueError("Choisissez un autre cercle de soins.")
    if circle_id in following(patient_id):
        raise ValueError("Ce cercle lit déjà le dossier.")
    custody.share_subject(keyring, patient_id, _own(author), circle_id)
    journal.record("record.shared", subject_id=patient_id, object_id=circle_id)


@transaction.atomic
def unshare(*, keyring: Keyring, author: Person, patient_id: int, circle_id: int) -> None:
    """Take the key back from an invited circle; never from one that holds by right. Raises NoKey, ValueError."""
    _require_right(keyring, author, patient_id)
    if circle_id == _own(author):
        raise ValueError("Votre propre cercle garde le dossier\u00a0: c’est lui qui en répond.")
    if circle_id in custody.by_right(patient_id):
        raise ValueError("Ce cercle suit le patient de plein droit\u00a0: sa clé ne s’enlève pas.")
    if not custody.drop_guests(patient_id, circle_id):
        raise ValueError("Ce cercle ne lit pas le dossier\u00a0: il n’y a rien à reprendre.")
    journal.record("record.unshared", subject_id=patient_id, object_id=circle_id)
