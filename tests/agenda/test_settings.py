"""Hours, absences and types from their forms; who may see and set them."""

from __future__ import annotations

import pytest

from serment.agenda import clock
from serment.agenda.models import Absence, AppointmentType, WorkingHours
from serment.vault.ids import encode
from tests.agenda.conftest import MONDAY, at
from tests.agenda.screens import DAY, move, now_in, page, url


def test_hours_from_the_form(agenda, desk):
    values = {
        "practitioner": encode(agenda.practitioner.pk),
        "open-1-0": "08:30",
        "close-1-0": "12:00",
        "open-1-1": "14:00",
        "close-1-1": "18:00",
    }
    assert desk.post(url("hours"), values).status_code == 302
    with now_in(agenda):
        assert WorkingHours.objects.count() == 2
    assert 'value="08:30"' in page(desk.get(url("settings"), {"praticien": encode(agenda.practitioner.pk)}))
    desk.post(url("hours"), {**values, "close-1-0": ""})
    desk.post(url("hours"), {**values, "close-1-0": "99:99"})
    with now_in(agenda):
        assert WorkingHours.objects.count() == 2


def test_absences_from_the_form(agenda, desk):
    agenda.book(at(14, 30))
    values = {
        "practitioner": encode(agenda.practitioner.pk),
        "start_day": DAY,
        "end_day": DAY,
        "reason": "holiday",
    }
    answer = desk.post(url("absence_new"), values, follow=True)
    assert "1 rendez-vous est déjà donné" in page(answer)
    with now_in(agenda):
        absence = Absence.objects.get()
    assert (absence.start, absence.end) == clock.bounds(MONDAY, 1)
    assert desk.post(url("absence_new"), {**values, "end_day": "2026-11-20"}).status_code == 422
    desk.post(url("absence_delete", absence))
    with now_in(agenda):
        assert not Absence.objects.exists()


def test_types_from_the_form(agenda, desk):
    values = {"label": "Téléconsultation", "minutes": "20", "colour": "#112233", "active": "on"}
    assert desk.post(url("type_new"), values).status_code == 302
    with now_in(agenda):
        kind = AppointmentType.objects.get(label="Téléconsultation")
    assert "Téléconsultation" in page(desk.get(url("type_edit", kind)))
    assert desk.post(url("type_edit", kind), {**values, "minutes": "2"}).status_code == 422
    assert desk.post(url("type_edit", kind), {**values, "colour": "red"}).status_code == 422
    desk.post(url("type_edit", kind), {**values, "active": ""})
    with now_in(agenda):
        kind.refresh_from_db()
    assert not kind.active
    assert "Téléconsultation" not in page(desk.get(url("new")))


PAGES = ("week", "day", "feed", "changes", "list", "waiting", "new", "slots", "settings")


@pytest.mark.parametrize("name", PAGES)
def test_the_technician_and_the_accounting_helper_see_nothing(agenda, name):
    for person in (agenda.cabinet.technician, agenda.cabinet.accounting):
        assert agenda.cabinet.client(person).get(url(name)).status_code == 403


@pytest.mark.parametrize("name", ["appointment", "edit"])
def test_another_practice_finds_nothing(agenda, name):
    row = agenda.book(at(14, 30))
    client = agenda.cabinet.client(agenda.cabinet.stranger)
    assert client.get(url(name, row)).status_code == 404
    assert client.post(url("state", row), {"state": "arrived", "version": 1}).status_code == 404
    assert client.post(url("start", row)).status_code == 404
    assert move(client, row, practitioner=encode(agenda.practitioner.pk)).status_code in (404, 422)


def test_a_substitute_uses_the_agenda_and_does_not_set_it(agenda):
    client = agenda.cabinet.client(agenda.cabinet.substitute)
    assert client.get(url("week")).status_code == 200
    assert client.get(url("settings")).status_code == 403
