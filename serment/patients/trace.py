"""Who opened a patient's file, and when: the journal by subject, on screen and on the paper handed over (R9.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.documents import report_pdf
from serment.documents.models import ReportColumn, TableReport
from serment.formats import dates
from serment.journal import actions, selectors
from serment.journal.models import Event
from serment.patients.selectors import PatientCard

PAGE = 100
ON_PAPER = 2000
"""Rows of the paper: past them it says that older ones stay on screen."""

Source = Callable[[Any, int, Sequence[Event]], dict[int, str]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """``source(request, patient_id, events)`` gives French words for some of them, by number in the journal.

    In a constant number of queries, and only what this session may read: the reason of an emergency, a name.
    """
    if source not in _sources:
        _sources.append(source)


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    profile: str
    label: str
    words: str


def lines(
    request: Any, patient_id: int, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Line], int | None]:
    """The newest lines first, and the number to ask what is older with (None at the end)."""
    events = list(selectors.events(subject_id=patient_id, before=before)[: limit + 1])
    shown = events[:limit]
    people = {person.pk: person for person in Person.objects.select_related("practitioner")}
    words: dict[int, str] = {}
    for source in _sources:
        words |= source(request, patient_id, shown)
    found = [
        Line(
            event.at,
            people[event.actor_id].display_name if event.actor_id in people else "—",
            people[event.actor_id].profile_label if event.actor_id in people else "",
            actions.label(event.action),
            words.get(event.seq, ""),
        )
        for event in shown
    ]
    return found, shown[-1].seq if len(events) > limit else None


def paper(request: Any, card: PatientCard) -> bytes:
    """The list as a PDF to hand to the patient."""
    rows, more = lines(request, card.id, limit=ON_PAPER)
    today = timezone.localdate()
    who = f"{card.display_name}, {card.born_word} {dates.short(card.identity.birth_date)}"
    subtitle = f"{who}. Tiré du journal du cabinet."
    if more is not None:
        subtitle += f" Les {ON_PAPER} derniers accès\u00a0; les plus anciens se consultent au cabinet."
    return report_pdf(
        TableReport(
            title="Qui a consulté ce dossier",
            subtitle=subtitle,
            practice=request.practice.name,
            on=today,
            date_text=dates.long(today),
            columns=[
                ReportColumn(label="Quand", share=0),
                ReportColumn(label="Qui", share=3),
                ReportColumn(label="Profil", share=3),
                ReportColumn(label="Quoi", share=6),
            ],
            rows=[
                [
                    f"{dates.short(at := timezone.localtime(row.at))} à {dates.clock(at)}",
                    row.who,
                    row.profile,
                    f"{row.label}\u00a0: {row.words}" if row.words else row.label,
                ]
                for row in rows
            ],
            empty_text="Aucun accès enregistré.",
            demo=request.practice.is_demo,
        )
    )
