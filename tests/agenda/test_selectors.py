"""What is shown: constant queries, the change feed, the waiting room."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.agenda import clock, schedule, selectors, services
from serment.agenda.models import Appointment
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.ids import encode, new_id
from serment.vault.keyring import NoKey
from tests.agenda.conftest import MONDAY, at


@pytest.fixture
def six(agenda):
    """Six practitioners of the practice."""
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        for n in range(2):
            Practitioner(
                circle=agenda.cabinet.circle,
                family_name=f"Kerguelen {n}",
                given_name="Dominique",
                profession="medecin",
                rpps=f"1000000010{n}",
            ).save()
        return selectors.practitioners()


def fill(agenda, people, each):
    patients = [agenda.cabinet.patient(birth_family_name=f"Personne {n}").pk for n in range(5)]
    rows = []
    for person in people:
        for n in range(each):
            day, slot = divmod(n, 30)
            start = at(8, 0, MONDAY + timedelta(days=day)) + timedelta(minutes=15 * slot)
            rows.append(
                Appointment(
                    id=new_id(),
                    practice_id=person.practice_id,
                    practitioner=person,
                    patient_id=patients[n % 5],
                    type=agenda.usual,
                    start=start,
                    end=start + timedelta(minutes=15),
                    changed_seq=1,
                )
            )
    Appointment.unscoped.bulk_create(rows)


def read_week(agenda, people=None, who=None, **more):
    with agenda.cabinet.at_work(who or agenda.cabinet.secretary) as keyring:
        people = people or selectors.practitioners()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            data = selectors.week(keyring=keyring, practitioners=people, start=MONDAY, **more)
    return data, len(asked)


def test_six_practitioners_cost_the_same_queries_with_10_and_150_appointments(agenda, six):
    assert len(six) == 6
    agenda.book(at(20), name="Sans fiche")
    fill(agenda, six, 10)
    few, queries = read_week(agenda, six)
    assert len(few["events"]) == 61
    Appointment.unscoped.filter(patient__isnull=False).delete()
    fill(agenda, six, 150)
    many, more_queries = read_week(agenda, six)
    assert len(many["events"]) == 901
    assert queries == more_queries <= 6


def test_an_event_carries_what_the_calendar_needs(agenda):
    row = agenda.book(at(14, 30), home_visit=True)
    data, _ = read_week(agenda)
    assert data["events"] == [
        {
            "id": encode(row.pk),
            "resourceId": encode(agenda.practitioner.pk),
            "start": "2026-11-23T14:30",
            "end": "2026-11-23T14:45",
            "title": "LESTRANGE Apolline",
            "state": "booked",
            "stateLabel": "prévu",
            "color": "#2f6f8f",
            "typeLabel": "Consultation, à domicile",
            "url": f"/agenda/rendez-vous/{encode(row.pk)}/",
            "editable": True,
            "version": 1,
        }
    ]
    assert (data["start"], data["end"], data["view"]) == ("2026-11-23", "2026-11-30", "week")
    assert data["cursor"] == row.changed_seq
    json.dumps(data)


def test_names_are_those_of_the_patients_page(agenda):
    married = agenda.cabinet.patient(
        birth_family_name="Martin", used_family_name="Dupont", first_given_name="Jeanne"
    )
    agenda.book(at(9), patient_id=married.pk)
    agenda.book(at(10), name="Armel Quéré")
    data, _ = read_week(agenda)
    assert [e["title"] for e in data["events"]] == ["DUPONT née MARTIN Jeanne", "Armel Quéré"]


def test_cancelled_ones_leave_the_calendar_and_stay_in_the_day_sheet(agenda):
    row = agenda.book(at(9))
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        services.set_state(appointment_id=row.pk, version=1, state="cancelled", reason="patient")
        assert [
            x.row.state
            for x in selectors.day(keyring=keyring, practitioner_ids=[agenda.practitioner.pk], on=MONDAY)
        ] == ["cancelled"]
    assert read_week(agenda)[0]["events"] == []


def test_the_edges_of_the_day_hold_hours_and_appointments(agenda):
    from datetime import time

    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        schedule.set_hours(practitioner=agenda.practitioner, intervals=[(1, time(8, 30), time(18, 15))])
    data, _ = read_week(agenda)
    assert (data["slotMinTime"], data["slotMaxTime"]) == ("08:00", "19:00")
    assert data["hours"] == {
        encode(agenda.practitioner.pk): [{"weekday": 1, "start": "08:30", "end": "18:15"}]
    }
    agenda.book(at(7, 15))
    agenda.book(at(21))
    data, _ = read_week(agenda)
    assert (data["slotMinTime"], data["slotMaxTime"]) == ("07:00", "22:00")


def test_an_absence_is_a_background_cut_to_the_days_shown(agenda):
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        schedule.add_absence(
            practitioner=agenda.practitioner,
            start=at(14, 0, MONDAY - timedelta(days=3)),
            end=at(12, 0, MONDAY + timedelta(days=1)),
            reason="training",
        )
    data, _ = read_week(agenda)
    assert data["background"] == [
        {
            "resourceId": encode(agenda.practitioner.pk),
            "start": "2026-11-23T00:00",
            "end": "2026-11-24T12:00",
            "title": "Absence : formation",
        }
    ]


def test_without_the_admin_key_no_name_comes_out(agenda):
    agenda.book(at(9))
    with pytest.raises(NoKey):
        read_week(agenda, who=agenda.cabinet.technician)


def changes(agenda, since, **more):
    with agenda.cabinet.at_work(agenda.cabinet.doctor) as keyring:
        values = {"start": MONDAY, "end": MONDAY + timedelta(days=7), **more}
        with CaptureQueriesContext(connection) as asked:
            found = selectors.changes_since(keyring=keyring, since=since, **values)
    return found, len(asked)


def test_the_feed_tells_bookings_moves_states_and_departures(agenda):
    first = agenda.book(at(9))
    since = read_week(agenda)[0]["cursor"]
    assert changes(agenda, since) == (None, 1)
    second = agenda.book(at(10))
    found, _ = changes(agenda, since)
    assert [e["id"] for e in found["events"]] == [encode(second.pk)] and found["removed"] == []
    since = found["cursor"]
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        services.move(
            appointment_id=first.pk,
            version=1,
            start=at(9, 0, MONDAY + timedelta(days=7)),
            end=at(9, 15, MONDAY + timedelta(days=7)),
        )
        services.set_state(appointment_id=second.pk, version=1, state="arrived")
        third = agenda.book(at(11))
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        services.set_state(appointment_id=third.pk, version=1, state="cancelled", reason="mistake")
    found, _ = changes(agenda, since)
    assert {e["id"]: e["state"] for e in found["events"]} == {encode(second.pk): "arrived"}
    assert set(found["removed"]) == {encode(first.pk), encode(third.pk)}
    assert changes(agenda, found["cursor"])[0] is None


def test_the_feed_can_be_of_one_practitioner(agenda):
    row = agenda.book(at(9), practitioner=agenda.colleague)
    found, _ = changes(agenda, 0, practitioner_ids=[agenda.practitioner.pk])
    assert found["removed"] == [encode(row.pk)] and found["events"] == []


def test_a_late_cursor_catches_up_in_several_answers(agenda, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_CHANGES", 2)
    rows = [agenda.book(at(9 + n)) for n in range(5)]
    seen, since = [], 0
    while found := changes(agenda, since)[0]:
        seen += [e["id"] for e in found["events"]]
        since = found["cursor"]
    assert seen == [encode(row.pk) for row in rows]


def test_another_practice_sees_no_change(agenda):
    agenda.book(at(9))
    with agenda.cabinet.at_work(agenda.cabinet.stranger) as keyring:
        found = selectors.changes_since(
            keyring=keyring, since=0, start=MONDAY, end=MONDAY + timedelta(days=7)
        )
    assert found is None


def test_the_waiting_room_counts_minutes_longest_first(agenda):
    now = timezone.now().replace(second=0, microsecond=0)
    day = clock.wall(now).date()
    rows = [agenda.book(at(h, 0, day)) for h in (9, 10, 11, 12)]
    for row, minutes in ((rows[0], 5), (rows[1], 25)):
        with agenda.cabinet.at_work(agenda.cabinet.secretary):
            services.set_state(appointment_id=row.pk, version=1, state="arrived")
        Appointment.unscoped.filter(pk=row.pk).update(arrived_at=now - timedelta(minutes=minutes))
    with agenda.cabinet.at_work(agenda.cabinet.doctor) as keyring:
        services.start(appointment_id=rows[2].pk)
        with CaptureQueriesContext(connection) as asked:
            room = selectors.waiting_room(keyring=keyring, on=day)
    assert [line.waited for line in room.waiting] == [25, 5]
    assert room.waiting[0].name == "LESTRANGE Apolline"
    assert [x.row.pk for x in room.inside] == [rows[2].pk]
    assert [x.row.pk for x in room.expected] == [rows[3].pk]
    assert len(asked) <= 5


def test_the_waiting_time_stops_when_the_consultation_begins(agenda):
    now = timezone.now()
    row = agenda.book(at(9))
    row.arrived_at, row.started_at = now - timedelta(minutes=50), now - timedelta(minutes=20)
    assert selectors.Line(row, None, "", "").waited == 30


def test_a_day_costs_the_same_queries_whatever_its_length(agenda):
    def queries():
        with (
            agenda.cabinet.at_work(agenda.cabinet.doctor) as keyring,
            CaptureQueriesContext(connection) as asked,
        ):
            lines = selectors.day(keyring=keyring, practitioner_ids=[agenda.practitioner.pk], on=MONDAY)
        return len(lines), len(asked)

    agenda.book(at(8), note="Étage")
    agenda.book(at(8, 15), name="Sans fiche")
    one = queries()
    for n in range(20):
        agenda.book(at(9) + timedelta(minutes=15 * n), note="Étage")
    assert queries() == (22, one[1])


def test_notes_are_opened_only_where_they_are_shown(agenda):
    row = agenda.book(at(9), note="Code 4512")
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        held = Appointment.objects.select_related("type", "practitioner").get(pk=row.pk)
        assert selectors.lines(keyring=keyring, rows=[held])[0].note == ""
        assert selectors.one(keyring=keyring, appointment_id=row.pk).note == "Code 4512"
        assert not keyring.holds(Domain.CARE)
