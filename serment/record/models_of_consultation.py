"""The ways to begin a consultation: the practitioner's own, the shared ones, those that ship."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from serment.access.models import Person
from serment.formats.units import TAKEN
from serment.journal import services as journal
from serment.record.kinds.asked import PARTS, Answer, AskedField, Part
from serment.record.kinds.consultation import Consultation
from serment.record.models import ConsultationModel
from serment.vault.ids import decode, encode

_STARTERS = Path(__file__).parent / "data" / "consultations.toml"
TEXTS = ("reason", "history", "examination", "conclusion")
CHILD_UNTIL = 16
WITH_HEADINGS = ("history", "examination", "conclusion")


class NameTaken(ValueError):
    """Another of one's own has this name; the message is French."""


@dataclass(frozen=True)
class Offered:
    """``key`` names it in the address (of the practice's own: its id); ``texts`` by part of the consultation;
    ``measures`` are shown first; ``asked``: the fields to fill.

    ``own``: the practice wrote it; ``mine``: the person who asks did, and may remove it. ``meant_for``: codes of
    professions and names of specialties that see it first; ``state`` of the patient ("pregnancy", "child") for which it
    comes before all.
    """

    key: str
    label: str
    texts: dict[str, str]
    measures: tuple[str, ...]
    asked: tuple[AskedField, ...]
    own: bool
    mine: bool
    meant_for: tuple[str, ...] = ()
    state: str = ""


@cache
def _starters() -> tuple[Offered, ...]:
    rows: list[dict[str, Any]] = tomllib.loads(_STARTERS.read_text())["model"]
    return tuple(
        Offered(
            row["key"],
            row["label"],
            {name: row.get(name, "") for name in TEXTS},
            tuple(row["measures"]),
            tuple(AskedField.model_validate(field) for field in row.get("field", ())),
            own=False,
            mine=False,
            meant_for=tuple(row.get("for", ())),
            state=row.get("state", ""),
        )
        for row in rows
    )


def starters() -> list[str]:
    """Keys of those that ship."""
    return [starter.key for starter in _starters()]


def answered(key: str, values: dict[str, str]) -> dict[Part, list[Answer]]:
    """Answers in words to the fields of a shipped one, by label. Raises KeyError for a label it does not ask."""
    asked = {field.label: field for starter in _starters() if starter.key == key for field in starter.asked}
    found: dict[Part, list[Answer]] = {}
    for label, value in values.items():
        found.setdefault(asked[label].part, []).append(asked[label].answer(value))
    return found


def offered(person: Person) -> list[Offered]:
    """One's own and the shared ones, then those that ship and are not replaced, one's profession's first: one query."""
    rows = ConsultationModel.objects.filter(Q(owner_id=person.pk) | Q(shared=True)).order_by("label")
    own = [
        Offered(
            encode(row.pk),
            row.label,
            {name: getattr(row, name) for name in TEXTS},
            tuple(row.measures),
            tuple(AskedField.model_validate(field) for field in row.asked),
            own=True,
            mine=row.owner_id == person.pk,
        )
        for row in rows
    ]
    taken = {model.label for model in own}
    rest = [starter for starter in _starters() if starter.label not in taken]
    return own + sorted(rest, key=lambda starter: not _is_for(person, starter))


def for_patient(
    ways: list[Offered], *, age_years: int, pregnant: bool, may_bear: bool = True
) -> list[Offered]:
    """The same, what the patient's state calls for first; what is for a pregnancy left out for who has none."""
    ways = [way for way in ways if pregnant or may_bear or way.state != "pregnancy"]
    wanted = "pregnancy" if pregnant else "child" if age_years < CHILD_UNTIL else "none"
    return sorted(ways, key=lambda way: way.state != wanted)


def _is_for(person: Person, starter: Offered) -> bool:
    who = person.practitioner
    return who is not None and any(
        who.profession == name or who.specialty.startswith(name) for name in starter.meant_for
    )


def find(person: Person, key: str) -> Offered | None:
    """The one of that key; of a shipped one that was replaced, the one that replaces it."""
    if not key:
        return None
    label = next((starter.label for starter in _starters() if starter.key == key), None)
    return next((model for model in offered(person) if model.key == key or model.label == label), None)


@transaction.atomic
def keep(
    *,
    author: Person,
    label: str,
    shared: bool,
    measures: Iterable[str] = (),
    asked: Iterable[AskedField] = (),
    replaces: str = "",
    **texts: str,
) -> ConsultationModel:
    """Keep under a name; the same name again, or the key of one's own that it ``replaces``, changes that one.

    Fields are kept by part, in their order. Raises NameTaken.
    """
    label = label.strip()[:80]
    mine = ConsultationModel.objects.filter(owner_id=author.pk)
    named = mine.filter(label=label).first()
    row = next((model for model in mine if encode(model.pk) == replaces), None) if replaces else named
    if named is not None and row is not None and named.pk != row.pk:
        raise NameTaken("Vous avez déjà une trame de ce nom\u00a0: donnez-lui-en un autre.")
    row = row or ConsultationModel(practice_id=author.practice_id, owner_id=author.pk)
    row.label, row.shared = label, shared
    row.measures = [code for code in TAKEN if code in set(measures)]
    order = list(PARTS)
    row.asked = [
        field.model_dump(mode="json", exclude_defaults=True)
        for field in sorted(asked, key=lambda field: order.index(field.part))
    ]
    for name in TEXTS:
        setattr(row, name, texts.get(name, ""))
    row.save()
    journal.record("record.model_kept", object_id=row.pk)
    return row


@transaction.atomic
def remove(*, author: Person, key: str) -> bool:
    """Forget one of one's own. False where there is none of that name."""
    model = next((model for model in offered(author) if model.key == key and model.mine), None)
    if model is None:
        return False
    ConsultationModel.objects.filter(pk=decode(key), owner_id=author.pk).delete()
    journal.record("record.model_removed", object_id=decode(key))
    return True


def without_empty_headings(person: Person, consultation: Consultation) -> Consultation:
    """The consultation without the headings of a model under which nothing was written; a query where it may serve.

    A line that the practitioner typed is never one of these, even when it ends with a colon.
    """
    texts = {name: getattr(consultation, name) for name in WITH_HEADINGS}
    if not any(line.rstrip().endswith(":") for text in texts.values() for line in text.splitlines()):
        return consultation
    known = {
        line.strip()
        for model in offered(person)
        for name in WITH_HEADINGS
        for line in model.texts[name].splitlines()
        if line.rstrip().endswith(":")
    }
    return consultation.model_copy(update={name: drop_empty(text, known) for name, text in texts.items()})


def drop_empty(text: str, headings: set[str]) -> str:
    """``text`` without those of the ``headings`` that no line of content follows."""
    kept: list[str] = []
    followed = False  # whether the next line kept is content
    for line in reversed(text.splitlines()):
        bare = line.strip()
        if bare in headings:
            if followed:
                kept.append(line)
            followed = False
        else:
            kept.append(line)
            begins = any(bare.startswith(heading) for heading in headings)
            followed = followed if not bare else not begins
    return "\n".join(reversed(kept)).strip("\n")
