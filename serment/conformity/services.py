"""The state of every requirement, now; and the attestations that people sign (R2.3, R2.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.conformity.catalogue import Requirement, by_id, requirements
from serment.conformity.checks import Verdict, all_controls
from serment.conformity.models import Attestation, Justification
from serment.journal import services as journal
from serment.privacy.rights import add_months
from serment.vault import crypto
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

MET, ASSISTED, NOT_MET, NOT_APPLICABLE = "met", "assisted", "not_met", "not_applicable"
LABELS = {
    MET: "mesuré, conforme",
    ASSISTED: "attesté",
    NOT_MET: "à faire",
    NOT_APPLICABLE: "sans objet",
}
SHOWN_FIRST = (NOT_MET, MET, ASSISTED, NOT_APPLICABLE)
"""The states in the order in which the page offers them."""


class Refused(ValueError):
    """French: why nothing was signed."""


@dataclass(frozen=True)
class Line:
    """One requirement as it stands. ``kind``: measured or attested; an attestation is never shown as a measure."""

    requirement: Requirement
    state: str
    kind: str
    evidence: str
    checked_at: datetime
    page: str = ""
    author: str = ""
    due_on: date | None = None
    """When an attestation must be given again."""
    overdue: bool = False
    gap: Justification | None = None
    """The practice's reason, still to be reviewed, for a requirement that is not met."""

    @property
    def label(self) -> str:
        if self.gap:
            return "écart justifié"
        if self.overdue:
            return "attestation à renouveler"
        if self.state == NOT_MET and self.kind == "attested":
            return "à attester"
        if self.state == NOT_MET and self.requirement.kind == "absent":
            return "pas dans cette version"
        return LABELS[self.state]


def _latest() -> dict[str, Attestation]:
    found: dict[str, Attestation] = {}
    for row in Attestation.objects.order_by("at", "pk"):
        found[row.requirement] = row
    return found


def lines() -> list[Line]:
    """Every requirement in the order of the text. Each control runs once, however many requirements it serves."""
    now, attested, controls = timezone.now(), _latest(), all_controls()
    gaps = _gaps()
    verdicts: dict[str, Verdict] = {}
    found = []
    for requirement in requirements():
        if requirement.kind == "check":
            code = requirement.argument
            if code not in verdicts:
                verdicts[code] = controls[code]()
            found.append(_measured(requirement, verdicts[code], now))
        elif requirement.kind == "attest":
            found.append(_attested(requirement, attested.get(requirement.id), now))
        else:
            found.append(Line(requirement, NOT_MET, "measured", requirement.note, now))
    return [
        replace(line, gap=gaps[line.requirement.id])
        if line.state == NOT_MET and line.requirement.id in gaps
        else line
        for line in found
    ]


def _gaps() -> dict[str, Justification]:
    """The latest justification of each requirement, while its review day has not passed."""
    today = timezone.localdate()
    rows = Justification.objects.order_by("at", "pk")
    return {row.requirement: row for row in rows if row.review_on >= today}


def _measured(requirement: Requirement, verdict: Verdict, now: datetime) -> Line:
    state = NOT_APPLICABLE if verdict.ok is None else MET if verdict.ok else NOT_MET
    return Line(requirement, state, "measured", verdict.text, now, page=verdict.page)


def _attested(requirement: Requirement, row: Attestation | None, now: datetime) -> Line:
    if row is None:
        return Line(requirement, NOT_MET, "attested", "Personne ne l’a encore attesté.", now)
    states = {
        Attestation.Answer.YES: ASSISTED,
        Attestation.Answer.NO: NOT_MET,
        Attestation.Answer.NONE: NOT_APPLICABLE,
    }
    overdue = row.due_on < timezone.localdate()
    return Line(
        requirement,
        NOT_MET if overdue else states[Attestation.Answer(row.answer)],
        "attested",
        row.text,
        row.at,
        author=row.author_name,
        due_on=row.due_on,
        overdue=overdue,
    )


def counts(found: list[Line]) -> dict[str, int]:
    """How many requirements in each state, every state present."""
    seen = Counter(line.state for line in found)
    return {state: seen[state] for state in LABELS}


@dataclass(frozen=True)
class Section:
    """A part of the référentiel: the lines that the filter shows of it, of how many, and how many are to be done."""

    title: str
    anchor: str
    lines: list[Line]
    total: int
    todo: int


def by_section(found: list[Line], shown: list[Line]) -> list[Section]:
    """The sections in their own order, but those of which nothing is shown."""
    wanted = {line.requirement.id for line in shown}
    sections = []
    for (title, anchor), rows in groupby(
        found, key=lambda line: (line.requirement.section, line.requirement.anchor)
    ):
        every = list(rows)
        if kept := [line for line in every if line.requirement.id in wanted]:
            todo = sum(line.state == NOT_MET for line in every)
            sections.append(Section(title, anchor, kept, len(every), todo))
    return sections


def as_json(found: list[Line]) -> list[dict[str, Any]]:
    """``[{id, state, kind, evidence, checked_at}, …]``, one for each requirement."""
    return [
        {
            "id": line.requirement.id,
            "state": line.state,
            "kind": line.kind,
            "evidence": line.evidence,
            "checked_at": line.checked_at.isoformat(timespec="seconds"),
        }
        for line in found
    ]


def nobody() -> list[dict[str, Any]]:
    """Every requirement where no practice exists yet: nothing is met, and it says why."""
    now = timezone.now()
    return as_json(
        [
            Line(
                requirement,
                NOT_MET,
                "attested" if requirement.kind == "attest" else "measured",
                "Aucun cabinet n’est créé dans cette installation.",
                now,
            )
            for requirement in requirements()
        ]
    )


def as_kept(found: list[Line]) -> list[dict[str, Any]]:
    """The lines as an edition keeps them: `as_json`, with the words of the page."""
    return [
        {**values, "label": line.label, "author": line.author}
        for values, line in zip(as_json(found), found, strict=True)
    ]


def message(row: Attestation) -> bytes:
    """The bytes that the signature covers."""
    return "|".join(
        (
            str(row.practice_id),
            str(row.pk),
            row.requirement,
            row.answer,
            row.text,
            str(row.author_id),
            str(row.due_on),
        )
    ).encode()


@transaction.atomic
def attest(*, keyring: Keyring, author: Person, requirement_id: str, answer: str, text: str) -> Attestation:
    """Sign an answer, valid as long as the requirement says. Raises Refused."""
    requirement = by_id().get(requirement_id)
    if requirement is None or requirement.kind != "attest":
        raise Refused("Cette exigence se mesure\u00a0: elle ne s’atteste pas.")
    if answer not in Attestation.Answer.values:
        raise Refused("Choisissez une réponse.")
    if len(text.strip()) < 5:
        raise Refused("Dites en quelques mots ce qui est fait, ou pourquoi c’est sans objet.")
    row = Attestation(
        id=new_id(),
        practice_id=keyring.practice_id,
        requirement=requirement_id,
        answer=answer,
        text=text.strip(),
        author_id=author.pk,
        author_name=author.display_name,
        due_on=add_months(timezone.localdate(), requirement.months),
        signer_id=keyring.holder_id,
    )
    row.signature = crypto.sign(keyring.signing_seed, message(row))
    row.save(force_insert=True)
    journal.record(
        "conformity.attested", object_id=row.pk, details={"requirement": requirement_id, "answer": answer}
    )
    return row


def due_soon(days: int = 30) -> int:
    """Attestations in force that end within some days: one query."""
    return reminders(days)[1]


def reminders(days: int = 30) -> tuple[int, int]:
    """(attestations whose term has passed, those that end within some days): one query."""
    today = timezone.localdate()
    left = [(row.due_on - today).days for row in _latest().values()]
    return sum(days_left < 0 for days_left in left), sum(0 <= days_left <= days for days_left in left)
