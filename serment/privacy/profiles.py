"""The two shipped profiles: legal bases, durations and thresholds as data (R4.1, R7.1; DESIGN §4).

« projet » is the text at hand and the default; « adopte_2020 » holds what is known of the adopted one, written as its
differences. A value changes in these files and every document follows.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"
DEFAULT = "projet"
CODES = (DEFAULT, "adopte_2020")

BASES = {
    "6.1.c": "obligation légale (article 6.1.c du RGPD)",
    "6.1.e": "mission d’intérêt public (article 6.1.e du RGPD)",
    "6.1.f": "intérêt légitime (article 6.1.f du RGPD)",
}
CATEGORIES = {
    "5a": "identité et coordonnées",
    "5b": "identifiant national de santé (INS)",
    "5c": "numéro de sécurité sociale",
    "5d": "situation familiale",
    "5e": "situation professionnelle",
    "5f": "santé",
    "5g": "habitudes de vie (avec l’accord du patient)",
    "staff": "membres de l’équipe",
    "correspondent": "professionnels correspondants",
    "trace": "traces d’accès",
}
RECIPIENTS = {
    "circle": "professionnels de santé qui suivent le patient",
    "practitioners": "praticiens du cabinet",
    "secretary": "secrétariat, pour la gestion du cabinet",
    "amo": "assurance maladie obligatoire, pour le remboursement",
    "amc": "assurance maladie complémentaire, en codes regroupés",
    "correspondents": "professionnels correspondants identifiés",
    "authorities": "autorités sanitaires, quand la loi oblige à déclarer",
    "accounting": "aide comptable, montants seuls",
    "patient": "le patient lui-même",
    "owner": "responsable du cabinet",
    "team": "équipe du cabinet",
    "self": "la personne elle-même",
}
SUBJECTS = {
    "patient": "patients",
    "person": "équipe du cabinet",
    "practitioner": "praticiens du cabinet",
    "practice": "cabinet",
}


@dataclass(frozen=True)
class PurposeRule:
    """A purpose of section 3: what for, on which basis, and whether it touches health (exception 9.2.h)."""

    code: str
    label: str
    goal: str
    basis: str
    health: bool

    @property
    def basis_text(self) -> str:
        return BASES[self.basis]


@dataclass(frozen=True)
class RetentionRule:
    """Months in the active base, then months in the archive (0: none), then ``fate``."""

    code: str
    label: str
    active_months: int
    archive_months: int
    start: str
    fate: str
    ground: str

    @property
    def text(self) -> str:
        """« 5 ans à compter de la facture, puis 15 ans en archive, puis suppression »"""
        archived = f", puis {months_text(self.archive_months)} en archive" if self.archive_months else ""
        return f"{months_text(self.active_months)} à compter {self.start}{archived}, puis {self.fate}"


@dataclass(frozen=True)
class Profile:
    code: str
    name: str
    short: str
    dated: date
    note: str
    purposes: dict[str, PurposeRule]
    retention: dict[str, RetentionRule]
    thresholds: dict[str, Any]


def months_text(months: int) -> str:
    years, rest = divmod(months, 12)
    text = f"{years} an{'s' if years > 1 else ''}" if years else ""
    return " et ".join(filter(None, (text, f"{rest} mois" if rest else "")))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in over.items():
        found[key] = _merged(found[key], value) if isinstance(value, dict) and key in found else value
    return found


@cache
def load(code: str) -> Profile:
    """A profile by code. Raises KeyError for an unknown one."""
    if code not in CODES:
        raise KeyError(code)
    raw = tomllib.loads((_FOLDER / f"{DEFAULT}.toml").read_text())
    if code != DEFAULT:
        raw = _merged(raw, tomllib.loads((_FOLDER / f"{code}.toml").read_text()))
    return Profile(
        code=code,
        name=raw["name"],
        short=raw["short"],
        dated=raw["dated"],
        note=raw["note"],
        purposes={key: PurposeRule(code=key, **value) for key, value in raw["purposes"].items()},
        retention={key: RetentionRule(code=key, **value) for key, value in raw["retention"].items()},
        thresholds=raw["thresholds"],
    )


def differences() -> list[tuple[str, str, str]]:
    """(what, in the default profile, in the other) wherever the two differ."""
    one, other = (load(code) for code in CODES)
    found = []
    for code, rule in one.purposes.items():
        for name, label in (("basis_text", "base légale"), ("goal", "objet")):
            before, after = getattr(rule, name), getattr(other.purposes[code], name)
            if before != after:
                found.append((f"{rule.label} : {label}", before, after))
    for code, kept in one.retention.items():
        before, after = kept.text, other.retention[code].text
        if (before, kept.ground) != (after, other.retention[code].ground):
            found.append((f"Durée : {kept.label}", before, f"{after} ({other.retention[code].ground})"))
    for key, label in (("minors_until_age", "Mineurs : jusqu’à l’âge de"), ("dpia_note", "Analyse d’impact")):
        if one.thresholds[key] != other.thresholds[key]:
            found.append((label, str(one.thresholds[key] or "non dit"), str(other.thresholds[key])))
    return found
