"""Read patients: the card of one, lines for lists, older versions. Query counts do not depend on how many there are.

Searching is in `finding`; its names are offered here too, since other rooms ask this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from serment.formats import dates, nir, phone
from serment.formats.ins import IdentityStatus
from serment.patients.finding import search, suspects_of
from serment.patients.hits import PatientHit, hit_of, open_identities
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey, SubjectKeys
from serment.vault.prepared import Prepared, Slot

__all__ = [
    "Change",
    "PatientCard",
    "PatientHit",
    "card",
    "changes_of",
    "duplicates_of",
    "names_of",
    "open_identities",
    "recent",
    "search",
    "suspects_of",
]

SEXES = {"F": "femme", "M": "homme", "U": "sexe non précisé"}


@dataclass(frozen=True)
class PatientCard:
    """What the banner shows, whatever the tab. ``nir`` is masked, and empty without the billing domain."""

    id: int
    version: int
    identity: Identity
    coverage: Coverage | None
    ins: InsIdentity | None
    followed: bool = False
    """Whether this session holds the patient's care key: their circle follows them."""

    @property
    def display_name(self) -> str:
        return self.identity.display_name

    @property
    def age(self) -> str:
        return dates.age_text(self.identity.birth_date, timezone.localdate())

    @property
    def age_years(self) -> int:
        return dates.age_years(self.identity.birth_date, timezone.localdate())

    @property
    def sex_word(self) -> str:
        return SEXES[self.identity.sex]

    @property
    def born_word(self) -> str:
        return {"F": "née le", "M": "né le"}.get(self.identity.sex, "né(e) le")

    @property
    def nir(self) -> str:
        return nir.mask_nir(self.coverage.nir) if self.coverage and self.coverage.nir else ""

    @property
    def ins_label(self) -> str:
        return (
            IdentityStatus(self.ins.status).label if self.ins and self.ins.matricule else "INS non renseignée"
        )

    @property
    def phone(self) -> str:
        contact = self.identity.contact
        number = contact.mobile or contact.phone
        return phone.display_phone(number) if number else ""


def names_of(*, keyring: Keyring, patient_ids: Iterable[int]) -> dict[int, PatientHit]:
    """For lists of other rooms (agenda, till): what a line shows of each patient. Two queries."""
    return {pk: hit_of(pk, identity) for pk, identity in open_identities(keyring, patient_ids).items()}


def recent(*, keyring: Keyring, limit: int = 15) -> list[PatientHit]:
    """The patients changed last."""
    ids = list(Patient.objects.order_by("-updated_at").values_list("pk", flat=True)[:limit])
    opened = open_identities(keyring, ids)
    return [hit_of(pk, opened[pk]) for pk in ids if pk in opened]


def duplicates_of(
    *, keyring: Keyring, identity: Identity, nir_value: str = "", but: int | None = None
) -> list[tuple[PatientHit, str]]:
    """Patients who may be the same person, each with the reason in French."""
    found = suspects_of(keyring=keyring, identity=identity, nir_value=nir_value, but=but)
    return [(suspect.hit, suspect.why) for suspect in found]


_PATIENT = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")))
PARTS = (("identity", Domain.ADMIN), ("coverage", Domain.BILLING), ("ins", Domain.CARE))


def open_parts(
    keys: dict[Domain, SubjectKeys], row: Patient | PatientVersion, subject_id: int
) -> dict[str, Any]:
    """What these keys open of a patient (or of an older version): ``{"identity": …, "coverage": None, …}``."""
    return {
        name: keys[domain].open(row, name)
        if getattr(row, name) is not None and domain in keys and subject_id in keys[domain]
        else None
        for name, domain in PARTS
    }


def card(*, keyring: Keyring, patient_id: int) -> PatientCard:
    """A patient as the banner and the identity page show them: two queries.

    Raises Patient.DoesNotExist (another practice's patient is one), NoKey.
    """
    row = _PATIENT.first(pk=patient_id)
    if row is None:
        raise Patient.DoesNotExist
    keys = keyring.all_keys_of(row.pk)
    parts = open_parts(keys, row, row.pk)
    if parts["identity"] is None:
        raise NoKey("no admin key for this patient")
    followed = Domain.CARE in keys and row.pk in keys[Domain.CARE]
    return PatientCard(id=row.pk, version=row.version, followed=followed, **parts)


@dataclass(frozen=True)
class Change:
    """One edit: who, when, and (field code, before, after) of what this session may read."""

    number: int
    author_id: int
    made_at: datetime
    fields: list[tuple[str, Any, Any]]


def changes_of(*, keyring: Keyring, patient_id: int) -> list[Change]:
    """The edits of a patient, newest first: three queries."""
    row = Patient.objects.get(pk=patient_id)
    keys = keyring.subject_keys_in([patient_id], [domain for _, domain in PARTS])
    after, found = _flat(open_parts(keys, row, patient_id)), []
    for version in PatientVersion.objects.filter(patient_id=patient_id).order_by("-number"):
        # A part that did not change is not kept again: it is the one of the version after.
        before = {**after, **_flat(open_parts(keys, version, patient_id))}
        fields = [
            (name, before.get(name), value) for name, value in after.items() if before.get(name) != value
        ]
        found.append(Change(version.number, version.author_id, version.made_at, fields))
        after = before
    return found


def _flat(parts: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, part in parts.items():
        if part is None:
            continue
        dumped = part.model_dump()
        contact = dumped.pop("contact", {})
        prefix = "" if name == "identity" else f"{name}."
        values |= {f"{prefix}{key}": value for key, value in {**dumped, **contact}.items()}
    return values
