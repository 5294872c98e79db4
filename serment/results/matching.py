"""Whose result is it? Patients by likeness, with a score; a person decides (identitovigilance)."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats.labs import Report
from serment.formats.names import fold
from serment.patients.finding import suspects_of
from serment.patients.hits import PatientHit, open_identities
from serment.patients.payloads import Identity
from serment.vault.keyring import Keyring


@dataclass(frozen=True)
class Match:
    """A patient it may be about. ``score``: out of 100; ``why`` in French."""

    hit: PatientHit
    score: int
    why: str


def matches(*, keyring: Keyring, report: Report) -> list[Match]:
    """The best first, six at most: four queries."""
    if report.born is None:
        return []
    who = Identity(
        birth_family_name=report.family,
        first_given_name=report.given or "?",
        birth_date=report.born,
        sex=report.sex,  # type: ignore[arg-type]
    )
    found = suspects_of(keyring=keyring, identity=who, nir_value=report.number)
    known = open_identities(keyring, [suspect.hit.id for suspect in found])
    scored = [_scored(report, suspect.hit, known[suspect.hit.id]) for suspect in found]
    return sorted(scored, key=lambda match: -match.score)[:6]


def _scored(report: Report, hit: PatientHit, who: Identity) -> Match:
    families = {fold(who.birth_family_name), fold(who.used_family_name)} - {""}
    givens = {fold(who.first_given_name), fold(who.used_given_name)} - {""}
    marks = [
        (40, report.born == who.birth_date, "date de naissance"),
        (30, fold(report.family) in families, "nom"),
        (20, fold(report.given) in givens, "prénom"),
        (10, report.sex == who.sex or report.sex == "U", "sexe"),
    ]
    wrong = [label for _, good, label in marks if not good]
    why = f"à vérifier\u00a0: {', '.join(wrong)}" if wrong else "tous les traits concordent"
    return Match(hit, sum(points for points, good, _ in marks if good), why)
