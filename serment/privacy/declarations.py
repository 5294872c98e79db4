"""The declarations that the law asks for the public's health: what, under which text, to whom, when (R3.12).

Serment sends none of them: it says which may be due, and keeps the proof of those that were made.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.restrictions import require_free
from serment.patients.selectors import names_of
from serment.privacy.models import Declaration
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, SubjectKeys

_FILE = Path(__file__).parent / "data" / "declarations.toml"
MEANS = {
    "online": "télédéclaration",
    "phone": "téléphone",
    "paper": "formulaire ou courrier",
    "secure": "messagerie sécurisée de santé",
}
SHOWN = 200


class Refused(ValueError):
    """French: why nothing was noted."""


@dataclass(frozen=True)
class Kind:
    """One thing to declare. ``codes``: beginnings of the CIM-10 codes that call for it."""

    code: str
    label: str
    ground: str
    recipient: str
    codes: tuple[str, ...] = ()

    def called_by(self, problem_code: str) -> bool:
        return any(problem_code.startswith(code) for code in self.codes)


@cache
def kinds() -> dict[str, Kind]:
    """Everything that can be declared: diseases first, then the others."""
    raw = tomllib.loads(_FILE.read_text())
    family = raw["families"]["mdo"]
    found = [
        Kind(
            f"mdo-{slugify(row['label'])[:32]}",
            row["label"],
            family["ground"],
            family["recipient"],
            tuple(row["codes"]),
        )
        for row in raw["diseases"]
    ]
    found += [Kind(row["code"], row["label"], row["ground"], row["recipient"]) for row in raw["kinds"]]
    return {kind.code: kind for kind in found}


@cache
def dated() -> date:
    """The day on which the list was written down."""
    day: date = tomllib.loads(_FILE.read_text())["dated"]
    return day


@transaction.atomic
def declare(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    kind: str,
    declared_on: date,
    means: str,
    recipient: str = "",
    words: str = "",
) -> Declaration:
    """Note a declaration that was made. Raises Refused, Frozen, NoKey, Patient.DoesNotExist."""
    Patient.objects.only("pk").get(pk=patient_id)
    require_free(patient_id)
    keys = patient_keys(keyring, patient_id)
    known = kinds().get(kind)
    if known is None or means not in MEANS:
        raise Refused("Choisissez ce qui est déclaré et par quelle voie.")
    if declared_on > timezone.localdate():
        raise Refused("La date est dans le futur\u00a0: notez la déclaration une fois faite.")
    row = Declaration(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        declared_on=declared_on,
        author_id=author.pk,
    )
    content = {
        "kind": kind,
        "label": known.label,
        "ground": known.ground,
        "recipient": recipient.strip() or known.recipient,
        "means": MEANS[means],
        "words": words.strip(),
    }
    keys.seal(row, "content", content)
    row.save(force_insert=True)
    journal.record("privacy.declared", subject_id=patient_id, object_id=row.pk)
    return row


@dataclass(frozen=True)
class Line:
    """A declaration as it is shown; ``patient`` is empty on the patient's own page."""

    row: Declaration
    content: dict[str, str]
    who: str
    patient: str = ""


def of_patient(*, keyring: Keyring, patient_id: int) -> list[Line]:
    """Newest first: a constant number of queries. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    rows = list(Declaration.objects.filter(patient_id=patient_id).order_by("-declared_on", "-at"))
    people = _people() if rows else {}
    return [Line(row, keys.open(row, "content"), people.get(row.author_id, "—")) for row in rows]


def lines(*, keyring: Keyring) -> list[Line]:
    """The declarations of the patients whom this session follows. Raises NoKey."""
    rows = list(Declaration.objects.order_by("-declared_on", "-at")[:SHOWN])
    care: SubjectKeys = keyring.subject_keys_in({row.patient_id for row in rows}, [Domain.CARE])[Domain.CARE]
    rows = [row for row in rows if row.patient_id in care]
    if not rows:
        return []
    names = names_of(keyring=keyring, patient_ids=[row.patient_id for row in rows])
    people = _people()
    return [
        Line(
            row,
            care.open(row, "content"),
            people.get(row.author_id, "—"),
            names[row.patient_id].display_name if row.patient_id in names else "patient",
        )
        for row in rows
    ]


def _people() -> dict[int, str]:
    return {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}


def called_for(*, keyring: Keyring, patient_id: int, declared: list[Line]) -> list[Kind]:
    """What the coded problems of the record call for and nobody has declared yet: one query. Raises NoKey."""
    keys = patient_keys(keyring, patient_id)
    done = {line.content["kind"] for line in declared}
    rows = Entry.objects.filter(patient_id=patient_id, kind="problem", state=Entry.State.SIGNED)
    codes = set()
    for row in rows:
        problem = Problem.model_validate(keys.open(row, "payload"))
        if problem.code:
            codes.add(_dotted(problem.code))
    return [
        kind
        for kind in kinds().values()
        if kind.code not in done and any(kind.called_by(code) for code in codes)
    ]


def _dotted(code: str) -> str:
    """« A150 » and « A15.0 » are the same code."""
    plain = code.replace(".", "").upper()
    return plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"
