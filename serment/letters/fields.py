"""The fields that a model may hold, filled from the record the session reads. An unknown one is said, never left in."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone

from serment.access.models import Person
from serment.formats import dates
from serment.patients.selectors import PatientCard
from serment.record.selectors import Summary

_FIELD = re.compile(r"\{([a-zé_]+)\}")
Filler = Callable[[PatientCard, Summary, Person], str]


def _list(lines: list[str]) -> str:
    return " ; ".join(lines) or "rien de noté au dossier"


FIELDS: dict[str, tuple[str, Filler]] = {
    "patient": ("nom et prénom", lambda card, _, __: card.display_name),
    "né_e": ("« née le », « né le »", lambda card, _, __: card.born_word),
    "naissance": ("date de naissance", lambda card, _, __: dates.medium(card.identity.birth_date)),
    "age": ("âge", lambda card, _, __: card.age),
    "date": ("date du jour", lambda _, __, ___: dates.medium(timezone.localdate())),
    "praticien": ("signataire", lambda _, __, author: author.display_name),
    "problemes": ("problèmes en cours", lambda _, found, __: _list([i.line for i in found.problems])),
    "antecedents": ("antécédents", lambda _, found, __: _list([i.line for i in found.history])),
    "allergies": ("allergies", lambda _, found, __: _list([i.line for i in found.allergies])),
    "traitements": ("traitements en cours", lambda _, found, __: _list([i.line for i in found.treatments])),
    "mesures": (
        "dernières mesures",
        lambda _, found, __: _list([f"{m.label} {m.text}" for m in found.measures]),
    ),
}


def unknown(body: str) -> list[str]:
    """Names between braces that no field has."""
    return sorted(set(_FIELD.findall(body)) - set(FIELDS))


def filled(body: str, card: PatientCard, found: Summary, author: Person) -> str:
    """The body with every known field in words; the others stay, for the eye to catch."""

    def value(match: re.Match[str]) -> str:
        field = FIELDS.get(match[1])
        return field[1](card, found, author) if field else match[0]

    return _FIELD.sub(value, body)
