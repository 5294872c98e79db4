"""A small schedule on the fictitious practice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pytest

from serment.agenda import clock, schedule, services
from serment.agenda.models import Appointment, AppointmentType
from serment.practice.models import Practitioner
from serment.vault.tenancy import using_practice
from tests.cabinet import Cabinet

MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """A Paris wall-clock time as an instant."""
    return clock.instant(day, time(hour, minute))


@dataclass
class Agenda:
    """The practice, one type of 15 minutes that holds its slot, one that may overlap, and a patient."""

    cabinet: Cabinet
    practitioner: Practitioner
    colleague: Practitioner
    usual: AppointmentType
    emergency: AppointmentType
    patient: Any

    def book(self, start: datetime, **more: Any) -> Appointment:
        author = more.pop("by", self.cabinet.secretary)
        values = {
            "practitioner": self.practitioner,
            "type": self.usual,
            "patient_id": None if "name" in more else self.patient.pk,
            **more,
        }
        with self.cabinet.at_work(author) as keyring:
            return services.book(keyring=keyring, author=author, start=start, **values)


@pytest.fixture
def agenda(cabinet) -> Iterator[Agenda]:
    """The test runs in the practice: on PostgreSQL even `unscoped` sees no row outside of one."""
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor):
        types = {t.label: t for t in schedule.starter_types()}
    with using_practice(cabinet.practice.pk):
        yield Agenda(
            cabinet=cabinet,
            practitioner=cabinet.doctor.practitioner,
            colleague=cabinet.colleague.practitioner,
            usual=types["Consultation"],
            emergency=types["Sans rendez-vous"],
            patient=patient,
        )


@pytest.fixture
def desk(agenda: Any) -> Any:
    return agenda.cabinet.client(agenda.cabinet.secretary)


@pytest.fixture
def doctor(agenda: Any) -> Any:
    return agenda.cabinet.client(agenda.cabinet.doctor)
