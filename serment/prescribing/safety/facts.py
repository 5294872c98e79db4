"""What the checks are given and what they give back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from serment.catalogues.models import Medicine
from serment.catalogues.substances import folded, moiety
from serment.formats.folding import fold
from serment.prescribing.payloads import Dosage

LEVELS = {
    "contre-indication": 4,
    "association déconseillée": 3,
    "allergie": 4,
    "règle": 3,
    "déconseillé": 3,
    "précaution d’emploi": 2,
    "doublon": 2,
    "à prendre en compte": 1,
    "information": 1,
}
BLOCKING = 3
"""From this rank on, signing needs a reason, which is kept with the line."""


@dataclass(frozen=True)
class Item:
    """A line to check, or a running treatment beside it (``running``: alerts need at least one line that is new)."""

    place: int
    medicine: Medicine
    running: bool = False
    days: int = 0
    """Length of the treatment with its renewals, in days; 0 when the line does not say."""
    non_substitutable: str = ""
    delivery: str = ""
    """« once », or the days of a fraction: what the line says of how it is handed out."""
    unit: str = ""
    """What the dose is counted in (`payloads.DOSE_UNITS`); empty when the line does not say."""
    dosage: Dosage | None = None
    """How it is taken; None when only the medicine is known."""
    renewals: int = 0

    @property
    def label(self) -> str:
        return self.medicine.dci_label

    @property
    def in_words(self) -> bool:
        """Known by its name alone: a treatment noted by hand."""
        return not self.medicine.key

    @property
    def plain_label(self) -> str:
        """Substance, strength and form, as two labels of one medicine compare."""
        return plain_label(self.label)

    @property
    def substances(self) -> list[str]:
        """Names of substances and fractions, as the catalogue writes them."""
        return [name for _, name, *_ in self.medicine.substances]

    @property
    def codes(self) -> set[str]:
        """Catalogue codes of its substances and fractions."""
        return {code for code, *_ in self.medicine.substances if code}

    @cached_property
    def moieties(self) -> set[str]:
        """Bare keys of what is in it: two salts of one substance are the same."""
        return {moiety(name) for name in self.substances}

    @cached_property
    def words(self) -> set[str]:
        """Every word of its substances and moieties, folded: what the tables of this room name them by."""
        return {word for name in self.substances for word in folded(name).split()} | self.moieties


def plain_label(label: str) -> str:
    """« Ramipril 5mg, comprimé » is « ramipril 5 mg comprimé »."""
    return " ".join(re.sub(r"(?<=[0-9])(?=[a-zµ])", " ", fold(label)).split())


def same_medicine(one: Item, two: Item) -> bool:
    """By its key, or by its label (with or without the form) where one of them was noted by hand."""
    if not (one.in_words or two.in_words):
        return bool(one.medicine.key == two.medicine.key)
    short = {plain_label(item.label.partition(", ")[0]) for item in (one, two)}
    return one.plain_label == two.plain_label or len(short) == 1


def worded(label: str) -> Medicine:
    """A treatment noted by hand, by the names that it begins with: « Ramipril 5 mg, comprimé » holds ramipril."""
    names = [re.split(r"[\d,;(]", part, maxsplit=1)[0].strip() for part in label.split("+")]
    return Medicine(
        key="",
        name=label,
        dci_label=label,
        form="",
        substances=[["", name.upper(), "SA", "", str(place)] for place, name in enumerate(names, 1) if name],
    )


@dataclass(frozen=True)
class PatientFacts:
    """What is known of the patient; None and empty mean not known, never « no »."""

    age: int | None = None
    sex: str = "U"
    weight_kg: float | None = None
    allergies: tuple[str, ...] = ()
    allergy_codes: tuple[tuple[str, str], ...] = ()
    """(text of an allergy, catalogue code of its substance) of those noted from the catalogue."""
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    creatinine_clearance: float | None = None
    problems: tuple[str, ...] = ()
    prescriber_specialty: str = ""
    prescriber_profession: str = ""
    """Code of `practice.professions`; a profession whose list goes by classes is checked against it."""
    narcotics: tuple[tuple[str, date], ...] = ()
    """(DCI, last day) of narcotics that this prescriber already ordered and that still run."""

    @property
    def may_carry(self) -> bool:
        """A woman who may be pregnant, as far as is known."""
        return bool(self.pregnant) or (self.sex == "F" and (self.age is None or 11 <= self.age <= 55))


@dataclass(frozen=True)
class Alert:
    """One warning. ``places``: positions of the new lines it is about. ``source``: where the rule comes from."""

    kind: str
    level: str
    places: tuple[int, ...]
    title: str
    text: str = ""
    condition: str = ""
    source: str = ""
    others: tuple[str, ...] = field(default=())
    only: tuple[str, ...] = field(default=())
    """Substances that the condition names and that are not on these lines: the alert is shown, and blocks nothing."""
    field: str = ""
    """Column of the line to be changed: nothing is signed before, and no reason passes it over."""

    @property
    def rank(self) -> int:
        return LEVELS[self.level]

    @property
    def heading(self) -> str:
        """What it is called on the page: its level, unless it is about substances that are not there."""
        return f"Ne concerne que {', '.join(self.only)}" if self.only else self.level.capitalize()

    @property
    def blocking(self) -> bool:
        return self.rank >= BLOCKING and not self.only

    @property
    def excusable(self) -> bool:
        """A reason passes it over."""
        return self.blocking and not self.field

    @property
    def mark(self) -> str:
        """What a reason is found again by: the same for every level of one pair, which one reason passes over."""
        said = f"{self.kind}:{'-'.join(map(str, self.places))}:{self.title}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]
