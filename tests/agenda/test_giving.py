"""An appointment given and changed, from the panel and without scripts."""

from __future__ import annotations

from datetime import time

import pytest

from serment.agenda import schedule
from serment.agenda.models import Appointment
from serment.journal.models import Event
from serment.vault.ids import encode
from tests.agenda.conftest import at
from tests.agenda.screens import DAY, HTMX, booking, now_in, page, url


def test_the_panel_of_a_chosen_slot(agenda, desk):
    query = {
        "start": f"{DAY}T14:30",
        "end": f"{DAY}T15:10",
        "practitioner": encode(agenda.colleague.pk),
    }
    text = page(desk.get(url("new"), query, **HTMX))
    assert "<html" not in text and 'class="offcanvas-title"' in text
    assert 'value="14:30"' in text and 'value="2026-11-23"' in text and 'value="40"' in text
    assert f'<option value="{encode(agenda.colleague.pk)}" selected>' in text
    assert "Pas d’information médicale" in text
    assert "<html" in page(desk.get(url("new"), query))


def test_giving_an_appointment_from_the_panel_and_from_the_page(agenda, desk):
    answer = desk.post(url("new"), booking(agenda, note="Étage 3", home_visit="on"), **HTMX)
    assert answer.status_code == 204 and answer["HX-Trigger"] == "agenda:changed"
    answer = desk.post(url("new"), booking(agenda, time="15:00", minutes="40"))
    assert answer.status_code == 302 and answer["Location"] == f"{url('week')}?date={DAY}"
    with now_in(agenda):
        rows = list(Appointment.objects.order_by("start"))
    assert [row.minutes for row in rows] == [15, 40] and rows[0].home_visit


def test_a_taken_slot_keeps_what_was_typed(agenda, desk):
    agenda.book(at(14, 30))
    answer = desk.post(url("new"), booking(agenda, note="Étage 3"), **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422 and "déjà pris" in text
    assert 'value="Étage 3"' in text and "LESTRANGE Apolline" in text


@pytest.mark.parametrize(
    "change,said",
    [
        ({"patient": ""}, "Choisissez un patient"),
        ({"patient": "0" * 13}, "n’existe pas"),
        ({"time": ""}, "nécessaire"),
        ({"date": "2027-03-28", "time": "02:30"}, "heure d’été"),
        ({"minutes": "4"}, "5 minutes"),
        ({"type": "x"}, "Choisissez dans la liste"),
        ({"note": "x" * 201}, "200"),
        ({"patient": "", "name": "Armel", "phone": "12"}, ""),
    ],
)
def test_each_mistake_is_said(agenda, desk, change, said):
    answer = desk.post(url("new"), booking(agenda, **change), **HTMX)
    assert answer.status_code == 422 and said in answer.content.decode()
    with now_in(agenda):
        assert not Appointment.objects.exists()


def test_out_of_hours_asks_once(agenda, desk):
    with now_in(agenda):
        schedule.set_hours(practitioner=agenda.practitioner, intervals=[(1, time(8), time(12))])
    answer = desk.post(url("new"), booking(agenda), **HTMX)
    assert answer.status_code == 422 and "Donner quand même" in answer.content.decode()
    assert desk.post(url("new"), booking(agenda, anyway="1"), **HTMX).status_code == 204


def test_searching_without_scripts(agenda, desk):
    text = page(desk.post(url("new"), booking(agenda, patient="", find="1", q="lestr")))
    assert "LESTRANGE Apolline" in text and f'value="{encode(agenda.patient.pk)}"' in text
    with now_in(agenda):
        assert Event.objects.filter(action="patient.searched").exists()


def test_a_free_slot_fills_the_form_without_booking(agenda, desk):
    with now_in(agenda):
        schedule.set_hours(
            practitioner=agenda.practitioner, intervals=[(w, time(9), time(10)) for w in range(1, 8)]
        )
    query = {
        "practitioner": encode(agenda.practitioner.pk),
        "type": encode(agenda.usual.pk),
        "date": "2031-01-06",
    }
    assert "lundi 6 janvier 2031, 9 h 00" in page(desk.get(url("slots"), query, **HTMX))
    text = page(desk.post(url("new"), booking(agenda, slot="2031-01-06T09:15", note="Étage"), **HTMX))
    assert 'value="2031-01-06"' in text and 'value="09:15"' in text and 'value="Étage"' in text
    with now_in(agenda):
        assert not Appointment.objects.exists()


def test_a_new_patient_keeps_the_slot(agenda, desk):
    answer = desk.post(url("new"), booking(agenda, patient="", new_patient="1"), **HTMX)
    target = answer["HX-Redirect"]
    assert target.startswith("/patients/nouveau/?debut=2026-11-23T14%3A30")
    query = target.split("?")[1]
    back = desk.get(f"{url('new')}?patient={agenda.patient.pk}&{query}")
    text = page(back)
    assert "LESTRANGE Apolline" in text and 'value="14:30"' in text


def test_changing_an_appointment(agenda, desk):
    row = agenda.book(at(14, 30), note="Étage 3")
    assert 'value="Étage 3"' in page(desk.get(url("edit", row), **HTMX))
    answer = desk.post(url("edit", row), booking(agenda, time="16:00", version="1", note=""), **HTMX)
    assert answer.status_code == 204
    again = desk.post(url("edit", row), booking(agenda, time="17:00", version="1"), **HTMX)
    assert again.status_code == 422 and "entre-temps" in again.content.decode()
    with now_in(agenda):
        row.refresh_from_db()
    assert row.start == at(16) and row.details is None
