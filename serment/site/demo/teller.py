"""Short ways to write in a fictitious record, at plausible hours of past days."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from pydantic import BaseModel

from serment.access.models import Person
from serment.catalogues.selectors import medicines, search_medicines
from serment.patients.payloads import Identity
from serment.prescribing import services as prescribing
from serment.prescribing.payloads import Dosage, Line
from serment.prescribing.units import unit_for
from serment.record import models_of_consultation
from serment.record import services as record
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.models import Entry
from serment.vault.keyring import Keyring


@dataclass
class Teller:
    """Writes as the doctor in one patient's record. ``pick`` gives the same fiction each time."""

    keyring: Keyring
    doctor: Person
    patient_id: int
    who: Identity
    number: int
    pick: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.pick = random.Random(self.number)  # noqa: S311 (fiction)

    @property
    def today(self) -> date:
        return timezone.localdate()

    @property
    def age(self) -> int:
        born = self.who.birth_date
        return self.today.year - born.year - ((self.today.month, self.today.day) < (born.month, born.day))

    def day(self, days_ago: float) -> date:
        return self.today - timedelta(days=round(days_ago))

    def at(self, days_ago: float) -> datetime:
        """A morning of that day, never in the future."""
        moment = datetime.combine(
            self.day(days_ago), time(9 + self.pick.randrange(3), self.pick.randrange(60))
        )
        return min(timezone.make_aware(moment), timezone.now())

    def write(
        self, days_ago: float, *entries: tuple[str, BaseModel], action: str = "record.added"
    ) -> list[Entry]:
        made = record.add_entries(
            keyring=self.keyring,
            author=self.doctor,
            patient_id=self.patient_id,
            occurred_at=self.at(days_ago),
            entries=[record.NewEntry(kind, payload) for kind, payload in entries],
            action=action,
        )
        # Written on its day, as a practice does: only what the demonstration wants late is shown so.
        Entry.objects.filter(pk__in=[entry.pk for entry in made]).update(created_at=F("occurred_at"))
        return made

    def visit(
        self,
        days_ago: float,
        reason: str,
        history: str = "",
        examination: str = "",
        conclusion: str = "",
        problem: tuple[str, str] | None = None,
        measures: dict[str, float] | None = None,
        *more: tuple[str, BaseModel],
        way: str = "",
        answers: dict[str, str] | None = None,
    ) -> Entry:
        """A signed consultation with what was measured; ``answers`` by label, to the fields of a shipped ``way``."""
        coded = [CodedProblem(code=problem[0], label=problem[1])] if problem else []
        text = Consultation(
            reason=reason,
            history=history,
            examination=examination,
            conclusion=conclusion,
            problems=coded,
            answers=models_of_consultation.answered(way, answers or {}),
        )
        taken = [("measure", MeasureSet(values=measures))] if measures else []
        entries: list[tuple[str, BaseModel]] = [("consultation", text), *taken, *more]
        return self.write(days_ago, *entries, action="record.consultation_signed")[0]

    def ordonnance(self, encounter: Entry, drug: str, **dosage: Any) -> None:
        found = search_medicines(drug, limit=1)
        if found and not found[0].other_strength:
            unit = unit_for(medicines([found[0].key])[found[0].key].form)
            prescribing.issue(
                keyring=self.keyring,
                author=self.doctor,
                patient_id=self.patient_id,
                encounter_id=encounter.pk,
                lines=[
                    Line(
                        medicine=found[0].key,
                        dci_label=found[0].dci_label,
                        dosage=Dosage(**{"unit": unit} | dosage),
                    )
                ],
            )
