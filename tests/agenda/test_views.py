"""The screens, as the desk, the doctor and the technician see them."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta

import pytest

from serment.agenda import clock, schedule, services
from serment.agenda.models import Absence, Appointment, AppointmentType, WorkingHours
from serment.journal.models import Event
from serment.vault.ids import encode
from tests.agenda.conftest import MONDAY, at

HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = MONDAY.isoformat()


@pytest.fixture
def desk(agenda):
    return agenda.cabinet.client(agenda.cabinet.secretary)


@pytest.fixture
def doctor(agenda):
    return agenda.cabinet.client(agenda.cabinet.doctor)


def url(name, row=None):
    from django.urls import reverse

    return reverse(f"agenda:{name}", args=[row.pk] if row is not None else [])


def island(response):
    found = re.search(r'id="agenda-data">(.*?)</script>', response.content.decode(), re.S)
    return json.loads(found[1])


def page(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\u00a0", " ")


def now_in(agenda):
    """The practice at work after a request left it."""
    return agenda.cabinet.at_work(agenda.cabinet.secretary)


def booking(agenda, **more):
    return {
        "practitioner": encode(agenda.practitioner.pk),
        "type": encode(agenda.usual.pk),
        "date": DAY,
        "time": "14:30",
        "patient": encode(agenda.patient.pk),
        **more,
    }


# — the calendar —


def test_the_week_page_carries_its_contract(agenda, desk):
    row = agenda.book(at(14, 30))
    response = desk.get(url("week"), {"date": "2026-11-25"})
    text = page(response)
    for name in ("data-feed=", "data-move-url=", "data-new-url=", "data-changes-url=", 'id="agenda-panel"'):
        assert name in text
    data = island(response)
    assert (data["start"], data["end"]) == (DAY, "2026-11-30")
    assert [e["id"] for e in data["events"]] == [encode(row.pk)]
    assert {r["title"] for r in data["resources"]} >= {"Dr Camille Aubry", "Dr Sacha Morvan"}


def test_the_day_page_shows_one_day(agenda, desk):
    agenda.book(at(9, 0, MONDAY + timedelta(days=1)))
    data = island(desk.get(url("day"), {"date": DAY}))
    assert (data["view"], data["events"]) == ("day", [])


def test_a_name_cannot_close_the_data_island(agenda, desk):
    agenda.book(at(9), name="</script><b>&")
    response = desk.get(url("week"), {"date": DAY})
    assert "</script><b>" not in response.content.decode()
    assert island(response)["events"][0]["title"] == "</script><b>&"


def test_looking_is_journalled_and_polling_is_not(agenda, desk):
    agenda.book(at(9))
    cursor = island(desk.get(url("week"), {"date": DAY}))["cursor"]
    desk.get(url("feed"), {"start": DAY, "end": "2026-11-30"})
    desk.get(url("changes"), {"since": cursor}, HTTP_X_SERMENT_BACKGROUND="1")
    with now_in(agenda):
        assert Event.objects.filter(action="agenda.viewed").count() == 2


def test_the_feed_gives_other_days(agenda, desk):
    agenda.book(at(9, 0, MONDAY + timedelta(days=7)))
    data = desk.get(url("feed"), {"start": "2026-11-30", "end": "2026-12-07"}).json()
    assert len(data["events"]) == 1 and "cursor" in data and "hours" in data


@pytest.mark.parametrize(
    "query", [{}, {"start": "x"}, {"start": DAY, "end": "2031-01-01"}, {"start": DAY, "end": DAY}]
)
def test_an_odd_period_is_one_day(agenda, desk, query):
    assert desk.get(url("feed"), query).status_code == 200


def test_a_second_person_sees_the_change_at_the_next_poll(agenda, desk, doctor):
    cursor = island(doctor.get(url("week"), {"date": DAY}))["cursor"]
    query = {"since": cursor, "start": DAY, "end": "2026-11-30"}
    assert doctor.get(url("changes"), query).status_code == 204
    assert desk.post(url("new"), booking(agenda), **HTMX).status_code == 204
    told = doctor.get(url("changes"), query).json()
    assert [e["title"] for e in told["events"]] == ["LESTRANGE Apolline"]
    assert doctor.get(url("changes"), {**query, "since": told["cursor"]}).status_code == 204


@pytest.mark.parametrize("since", ["", "abc", "-1", "9" * 30])
def test_a_cursor_that_is_none_begins_now(agenda, desk, since):
    agenda.book(at(9))
    told = desk.get(url("changes"), {"since": since}).json()
    assert told["events"] == [] and told["cursor"] > 0


# — moves —


def move(client, row, **more):
    values = {
        "id": encode(row.pk),
        "start": f"{DAY}T15:00",
        "end": f"{DAY}T15:20",
        "practitioner": encode(row.practitioner_id),
        "version": row.version,
        **more,
    }
    return client.post(url("move"), values)


def test_a_move_gives_the_new_version(agenda, desk):
    row = agenda.book(at(14, 30))
    assert move(desk, row).json() == {"version": 2}
    with now_in(agenda):
        row.refresh_from_db()
    assert (row.start, row.end) == (at(15), at(15, 20))


def test_a_refused_move_says_why(agenda, desk):
    agenda.book(at(15))
    row = agenda.book(at(14, 30))
    taken = move(desk, row)
    assert taken.status_code == 409 and "déjà pris" in taken.json()["error"]
    stale = move(desk, row, version=7, start=f"{DAY}T16:00", end=f"{DAY}T16:15")
    assert stale.status_code == 409 and "entre-temps" in stale.json()["error"]
    for odd in (
        {"start": "x"},
        {"practitioner": "x"},
        {"start": "2027-03-28T02:30", "end": "2027-03-28T03:30"},
    ):
        answer = move(desk, row, **odd)
        assert answer.status_code == 422 and answer.json()["error"]
    assert move(desk, row, id="x").status_code == 404


def test_a_move_out_of_hours_is_done_and_pointed_out(agenda, desk):
    row = agenda.book(at(9))
    with now_in(agenda):
        schedule.set_hours(practitioner=agenda.practitioner, intervals=[(1, time(8), time(12))])
    assert "sort des horaires" in move(desk, row).json()["warning"]


# — giving —


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


# — states —


def test_the_panel_offers_each_step_in_words(agenda, desk, doctor):
    row = agenda.book(at(14, 30), note="Étage 3")
    text = page(desk.get(url("appointment", row), **HTMX))
    for word in (
        "LESTRANGE Apolline",
        "Arrivé",
        "En consultation",
        "Absent",
        "Annuler",
        "Étage 3",
        "state-booked",
    ):
        assert word in text
    assert "Commencer la consultation" not in text
    assert "Commencer la consultation" in page(doctor.get(url("appointment", row), **HTMX))
    with now_in(agenda):
        assert Event.objects.filter(action="agenda.opened", subject_id=agenda.patient.pk).count() == 2


def test_states_from_the_panel_and_from_plain_forms(agenda, desk):
    row = agenda.book(at(14, 30))
    answer = desk.post(url("state", row), {"state": "arrived", "version": 1}, **HTMX)
    assert answer.status_code == 204 and answer["HX-Trigger"] == "agenda:changed"
    answer = desk.post(url("state", row), {"state": "undo", "version": 2, "back": "waiting"})
    assert answer.status_code == 302 and answer["Location"] == url("waiting")
    stale = desk.post(url("state", row), {"state": "arrived", "version": 1}, **HTMX)
    assert stale.status_code == 422 and "entre-temps" in stale.content.decode()
    no_reason = desk.post(url("state", row), {"state": "cancelled", "version": 3}, **HTMX)
    assert no_reason.status_code == 422 and "raison" in no_reason.content.decode()
    desk.post(url("state", row), {"state": "cancelled", "reason": "patient", "version": 3}, **HTMX)
    assert "Rétablir le rendez-vous" in page(desk.get(url("appointment", row), **HTMX))
    for odd in ("booked", "x", ""):
        assert desk.post(url("state", row), {"state": odd, "version": 4}, **HTMX).status_code == 422


def test_a_plain_form_never_returns_to_another_site(agenda, desk):
    row = agenda.book(at(14, 30))
    answer = desk.post(url("state", row), {"state": "arrived", "version": 1, "back": "//ailleurs.example"})
    assert answer["Location"] == url("appointment", row)


def test_starting_opens_the_record_with_the_appointment(agenda, doctor):
    row = agenda.book(at(14, 30))
    answer = doctor.post(url("start", row))
    expected = f"/patients/{encode(agenda.patient.pk)}/dossier/consultation/?rdv={encode(row.pk)}"
    assert answer.status_code == 302 and answer["Location"] == expected
    with now_in(agenda):
        row.refresh_from_db()
    assert row.state == "in_consultation" and row.started_at


def test_the_desk_cannot_start_nor_see_how(agenda, desk):
    row = agenda.book(at(14, 30))
    assert desk.post(url("start", row)).status_code == 403
    for text in (page(desk.get(url("waiting"))), page(desk.get(url("appointment", row)))):
        assert "commencer" not in text.lower() and "Consulter" not in text
    with now_in(agenda):
        row.refresh_from_db()
    assert row.state == "booked"


def test_another_circle_does_not_start_the_consultation(agenda):
    row = agenda.book(at(14, 30))
    answer = agenda.cabinet.client(agenda.cabinet.outsider).post(url("start", row))
    assert answer.status_code == 302
    with now_in(agenda):
        row.refresh_from_db()
    assert row.state == "booked"


def test_someone_without_a_file_is_not_started(agenda, doctor):
    row = agenda.book(at(14, 30), name="Armel Quéré")
    assert doctor.post(url("start", row))["Location"] == url("appointment", row)


# — lists —


def test_the_waiting_room_page_and_its_poll(agenda, desk):
    today = clock.day_of(None)
    row = agenda.book(at(0, 5, today))
    with now_in(agenda):
        services.set_state(appointment_id=row.pk, version=1, state="arrived")
    text = page(desk.get(url("waiting")))
    assert "LESTRANGE Apolline" in text and "attend depuis 0 min" in text and "data-poll-url" in text
    fragment = desk.get(url("waiting"), **HTMX)
    assert "<html" not in page(fragment)
    same = desk.get(url("waiting"), **HTMX, HTTP_IF_NONE_MATCH=fragment["ETag"])
    assert same.status_code in (200, 304)  # 200 only when the minute turned between the two
    with now_in(agenda):
        services.undo(appointment_id=row.pk, version=2)
    changed = desk.get(url("waiting"), **HTMX, HTTP_IF_NONE_MATCH=fragment["ETag"])
    assert changed.status_code == 200 and "Personne n’attend" in changed.content.decode()


def test_an_unchanged_waiting_room_costs_nothing(agenda, desk, monkeypatch):
    from datetime import UTC, datetime

    from serment.agenda.views import waiting

    monkeypatch.setattr(waiting, "minute", lambda: int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() // 60))
    tag = desk.get(url("waiting"), **HTMX)["ETag"]
    assert desk.get(url("waiting"), **HTMX, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_the_day_sheet_can_be_printed_and_says_who_printed(agenda, desk):
    agenda.book(at(14, 30), note="Étage 3")
    agenda.book(at(15), name="Armel Quéré", phone="+33612345678")
    agenda.book(at(9), practitioner=agenda.colleague)
    text = page(desk.get(url("list"), {"date": DAY}))
    for word in ("lundi 23 novembre 2026", "14 h 30", "17/05/1984", "Étage 3", "Armel Quéré", "print-only"):
        assert word in text
    only = page(desk.get(url("list"), {"date": DAY, "praticien": encode(agenda.colleague.pk)}))
    assert "9 h 00" in only and "14 h 30" not in only
    with now_in(agenda):
        assert Event.objects.filter(action="agenda.printed").count() == 2


def test_the_patients_tab_lists_past_and_coming(agenda, desk):
    agenda.book(at(14, 30, MONDAY - timedelta(days=400)))
    agenda.book(at(14, 30, clock.day_of(None) + timedelta(days=30)))
    text = page(desk.get(f"/agenda/patients/{encode(agenda.patient.pk)}/"))
    assert text.count("14 h 30") == 2 and "À venir" in text and "Rendez-vous</a>" in text


# — settings —


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


# — who may —

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
