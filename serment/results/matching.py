"""Whose result is it? Patients by likeness, with a score; a person decides (identitovigilance)."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats.labs import Report, national_number
from serment.formats.likeness import near_births, near_name
from serment.patients.hits import PatientHit, hit_of
from serment.patients.lookalikes import lookalikes
from serment.patients.payloads import Identity
from serment.results import traits
from serment.vault.keyring import Keyring

SURE = 100
NUMBER, MOST_IN_DOUBT = 10, 90


@dataclass(frozen=True)
class Match:
    """A patient it may be about. ``score``: out of 100, 100 only where every trait agrees; ``why`` in French."""

    hit: PatientHit
    score: int
    why: str


def matches(*, keyring: Keyring, report: Report) -> list[Match]:
    """The best first, six at most: three queries, whatever the number of patients."""
    found, by_number = lookalikes(
        keyring=keyring,
        family=report.family,
        given=report.given,
        born=report.born,
        number=national_number(report.number),
    )
    scored = [_scored(report, pk, who, pk in by_number) for pk, who in found.items()]
    return sorted((match for match in scored if match), key=lambda match: -match.score)[:6]


def _scored(report: Report, patient_id: int, who: Identity, same_number: bool) -> Match | None:
    """None for someone who is only born that day, or is only of that name."""
    differences = {one.code: one for one in traits.of_identity(report, who)}
    family = _grade("family_name" in differences, _near(report.family, traits.families(who)))
    given = _grade("given_name" in differences, _near(report.given, traits.givens(who)))
    born = _grade("birth_date" in differences, report.born in near_births(who.birth_date))
    if not (
        same_number or (family and given and (born or report.born is None)) or (born == 1 and given == 1)
    ):
        return None
    score = round(40 * born + 30 * family + 20 * given + 10 * ("sex" not in differences))
    if not differences:
        return Match(hit_of(patient_id, who), SURE, "tous les traits concordent")
    why = [
        f"{one.label.lower()}\u00a0: {one.on_report}, et non {one.on_record}" for one in differences.values()
    ]
    if same_number:
        why.insert(0, "même numéro de sécurité sociale ou INS")
    return Match(hit_of(patient_id, who), min(MOST_IN_DOUBT, score + NUMBER * same_number), " ; ".join(why))


def _grade(differs: bool, near: bool) -> float:
    """1 for the same, a half for a slip, 0 for anything else."""
    return 0.5 if differs and near else 0.0 if differs else 1.0


def _near(said: str, known: set[str]) -> bool:
    return any(near_name(said, name) for name in known)
