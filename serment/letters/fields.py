"""The fields that a model may hold, filled from the record the session reads. An unknown one is said, never left in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.formats import dates
from serment.patients.selectors import PatientCard
from serment.record import pregnancy
from serment.record import selectors as record
from serment.record.kinds.asked import Part
from serment.record.kinds.consultation import Consultation
from serment.record.selectors import Summary
from serment.vault.keyring import Keyring

_FIELD = re.compile(r"\{([a-zé_]+)\}")
REPORTS = 60
"""Opened at most, to find one of which something stands."""
_BLANK = re.compile(r"\[à compléter[^\]]*\]", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """What a letter is filled from: the banner, the summary, who signs, and the keys for what is asked for apart."""

    card: PatientCard
    summary: Summary
    author: Person
    keyring: Keyring

    @property
    def results(self) -> str:
        """The last report of which values are still in force, with its day: two queries, when a model asks for it."""
        found: list[Any] = record.of_kind(
            keyring=self.keyring, patient_id=self.card.id, kind="result", limit=REPORTS
        )
        if not found:
            return "aucun résultat reçu"
        report = next((item.content for item in found if item.content.values_in_force), None)
        if report is None:
            return "aucune valeur de laboratoire en vigueur au dossier"
        values = report.values_in_force
        lines = [f"{value.label} {value.text}" for value in values[:12]]
        more = f" et {len(values) - 12} autres" if len(values) > 12 else ""
        day = f" ({dates.short(report.made_on)})" if report.made_on else ""
        return _list(lines) + more + day

    @property
    def vaccinations(self) -> str:
        """Every vaccination noted, the oldest first, a line each: two queries, when a model asks for it."""
        found: list[Any] = record.of_kind(keyring=self.keyring, patient_id=self.card.id, kind="vaccination")
        given = sorted((item.content for item in found), key=lambda one: one.given_on)
        return "\n".join(f"– {one.line()}" for one in given) or "aucune vaccination notée au dossier"

    @property
    def pregnancy(self) -> str:
        """The pregnancy that goes on, with its weeks."""
        going: list[Any] = [
            item.content
            for item in self.summary.others
            if item.kind.code == "pregnancy" and getattr(item.content, "status", "") == "ongoing"
        ]
        if not going:
            return "Aucune grossesse en cours au dossier"
        age = pregnancy.age_text(going[0], timezone.localdate())
        return going[0].line() + (f" ({age} ce jour)" if age else "")

    @property
    def running(self) -> list[str]:
        """Treatments that go on; those stopped are not for a colleague to continue."""
        return [
            item.line for item in self.summary.treatments if getattr(item.content, "status", "") == "running"
        ]

    @cached_property
    def consultation(self) -> Consultation | None:
        """The last consultation of who signs: a colleague's findings are not theirs to put their name under.

        Two queries more where none of the last ones is theirs.
        """
        mine = [item for item in self.summary.consultations if item.author_id == self.author.pk]
        if not mine:
            past = record.of_kind(
                keyring=self.keyring, patient_id=self.card.id, kind="consultation", limit=60
            )
            mine = [item for item in past if item.author_id == self.author.pk]
        return mine[0].content if mine else None  # type: ignore[return-value]


Filler = Callable[[Source], str]


def _list(lines: list[str]) -> str:
    return " ; ".join(lines) or "rien de noté au dossier"


def _address(source: Source) -> str:
    contact = source.card.identity.contact
    place = " ".join(filter(None, (contact.postal_code, contact.city)))
    return ", ".join(filter(None, (contact.address, contact.address_more, place))) or "adresse non renseignée"


def _of_consultation(part: Part, guide: str) -> Filler:
    """A part of one's own last consultation, what its template asked included; what to write where there is none."""
    return lambda source: (
        source.consultation.said(part) or "rien de noté au dossier"
        if source.consultation
        else f"[à compléter : {guide}]"
    )


FIELDS: dict[str, tuple[str, Filler]] = {
    "patient": ("nom et prénom", lambda source: source.card.display_name),
    "né_e": ("« née le », « né le »", lambda source: source.card.born_word),
    "naissance": ("date de naissance", lambda source: dates.medium(source.card.identity.birth_date)),
    "age": ("âge", lambda source: source.card.age),
    "adresse": ("adresse du patient", _address),
    "date": ("date du jour", lambda source: dates.medium(timezone.localdate())),
    "praticien": ("signataire", lambda source: source.author.display_name),
    "problemes": ("problèmes en cours", lambda source: _list([i.line for i in source.summary.problems])),
    "antecedents": ("antécédents", lambda source: _list([i.line for i in source.summary.history])),
    "allergies": ("allergies", lambda source: _list([i.line for i in source.summary.allergies])),
    "traitements": (
        "traitements en cours",
        lambda source: _list(source.running),
    ),
    "mesures": (
        "dernières mesures",
        lambda source: _list([f"{m.label} {m.text}" for m in source.summary.measures]),
    ),
    "motif": (
        "motif de votre dernière consultation",
        lambda source: (
            source.consultation.reason or "rien de noté au dossier"
            if source.consultation
            else "[à compléter : le motif]"
        ),
    ),
    "histoire": ("histoire de votre dernière consultation", _of_consultation("history", "l’histoire")),
    "examen": (
        "examen de votre dernière consultation",
        _of_consultation("examination", "ce que vous avez constaté"),
    ),
    "conclusion": (
        "conclusion de votre dernière consultation",
        _of_consultation("conclusion", "votre conclusion"),
    ),
    "vaccins": ("vaccinations notées, une par ligne", lambda source: source.vaccinations),
    "grossesse": ("grossesse en cours, avec son terme", lambda source: source.pregnancy),
    "resultats": (
        "dernier résultat d’examens en vigueur, hors normes d’abord",
        lambda source: source.results,
    ),
}


def unknown(body: str) -> list[str]:
    """Names between braces that no field has."""
    return sorted(set(_FIELD.findall(body)) - set(FIELDS))


def blanks(body: str) -> list[str]:
    """What a model asks the hand to complete and that is still there: « [à compléter : le sport] »."""
    return list(dict.fromkeys(_BLANK.findall(body)))


def filled(body: str, source: Source) -> str:
    """The body with every known field in words; the others stay, for the eye to catch."""

    def value(match: re.Match[str]) -> str:
        field = FIELDS.get(match[1])
        if field is None:
            return match[0]
        words = field[1](source)
        # The sentence of the model has its own full stop.
        return words.rstrip(" .") if body[match.end() :].startswith(".") else words

    return _FIELD.sub(value, body)
