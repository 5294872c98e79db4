"""The data inventory: what each model holds, why, for whom, for how long (DESIGN §4; référentiel R3.1, R5.1, R7.1).

A model that holds personal data carries an `Inventory`; one that holds none says `NO_PERSONAL_DATA`. A test walks
all models. The register of article 30, the information notice and the retention clock are built from these
declarations, so they name purposes and rules by code; durations and legal bases are data elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Category(StrEnum):
    """Section 5 of the référentiel, and the people of the practice themselves (R2.10)."""

    IDENTITY = "5a"
    INS = "5b"
    NIR = "5c"
    FAMILY = "5d"
    WORK = "5e"
    HEALTH = "5f"
    LIFESTYLE = "5g"
    STAFF = "staff"
    CORRESPONDENT = "correspondent"
    TRACE = "trace"


class Purpose(StrEnum):
    """Section 3 of the référentiel, and the three that security and people's rights need."""

    APPOINTMENTS = "rendez_vous"
    RECORD = "dossier_medical"
    PRESCRIPTIONS = "ordonnances"
    CARE_FILES = "dossier_paramedical"
    CLAIMS = "fse"
    EXCHANGES = "echanges"
    ACCOUNTING = "comptabilite"
    ACCESS = "habilitations"
    JOURNAL = "journalisation"
    RIGHTS = "droits"


class Basis(StrEnum):
    """Article 6 RGPD (section 4 of the référentiel gives one per purpose)."""

    LEGAL_OBLIGATION = "6.1.c"
    PUBLIC_INTEREST = "6.1.e"
    LEGITIMATE_INTEREST = "6.1.f"


@dataclass(frozen=True)
class Inventory:
    """What one model holds.

    ``fields`` names the columns that carry personal data and the category of each; ``sealed_in`` is implied by the
    field. ``recipients`` are section 6 codes. ``retention`` names a rule of the retention profiles.
    """

    purpose: Purpose
    basis: Basis
    fields: dict[str, tuple[Category, ...]]
    recipients: tuple[str, ...]
    retention: str
    export: str
    destruction: str
    subject: str = "patient"
    clear: dict[str, str] = field(default_factory=dict)
    """Columns readable without a key, and why (docs/keys.md prints this)."""
    also: tuple[Purpose, ...] = ()
    """Further purposes that the same rows serve (an ordonnance is an entry of the record)."""


NO_PERSONAL_DATA = "no personal data"
