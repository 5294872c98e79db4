"""Who acts for a patient in law: a child's parents, a guardian, a person whom a judge or the patient appointed.

Part of the identity: sealed with it, read by the desk, kept in its versions, given in the patient's copy (category 5a).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from serment.access.models import Person
from serment.formats import dates, phone
from serment.patients.models import Patient
from serment.patients.payloads import Identity, Representative
from serment.patients.services import update_patient
from serment.vault.keyring import Keyring

MOST = 4
OF_AGE = 18
CAPACITIES = {
    "parent": "titulaire de l’autorité parentale",
    "child_guardian": "tuteur d’un mineur",
    "guardian": "tuteur",
    "curator": "curateur (assiste, ne représente pas)",
    "family": "personne habilitée par le juge (habilitation familiale)",
    "future": "mandataire de protection future",
}
OF_CHILDREN = ("parent", "child_guardian")
"""Capacities that end by themselves when the patient comes of age (articles 388 and 414 of the Code civil)."""


@dataclass(frozen=True)
class Acting:
    """A representative as pages show them. ``ended``: the patient has come of age since."""

    representative: Representative
    ended: bool

    @property
    def name(self) -> str:
        return self.representative.name

    @property
    def capacity(self) -> str:
        return CAPACITIES[self.representative.capacity]

    @property
    def phone(self) -> str:
        return phone.display_phone(self.representative.phone) if self.representative.phone else ""

    @property
    def ground(self) -> str:
        return self.representative.ground

    @property
    def text(self) -> str:
        """« Jeanne Martin, titulaire de l’autorité parentale »."""
        return f"{self.name}, {self.capacity}"


def of(identity: Identity, on: date) -> list[Acting]:
    """Every representative of the card, those who no longer act said so."""
    of_age = dates.age_years(identity.birth_date, on) >= OF_AGE
    return [Acting(one, of_age and one.capacity in OF_CHILDREN) for one in identity.representatives]


def in_force(identity: Identity, on: date) -> list[Acting]:
    return [one for one in of(identity, on) if not one.ended]


def write(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    version: int,
    identity: Identity,
    representatives: list[Representative],
) -> Patient:
    """Replace the representatives of a card. One version, one event, as `update_patient`, whose errors it raises."""
    changed = identity.model_copy(update={"representatives": representatives})
    return update_patient(
        keyring=keyring, author=author, patient_id=patient_id, version=version, identity=changed
    )
