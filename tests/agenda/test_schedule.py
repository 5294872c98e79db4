"""Hours, absences, free slots, warnings, and both changes of the hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from serment.agenda import clock, schedule, selectors, services, slots
from serment.agenda.models import Absence, WorkingHours
from tests.agenda.conftest import MONDAY, at

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # Sundays of the changes of the hour in Europe/Paris
MORNING = [(1, time(8, 30), time(9, 30)), (2, time(8, 30), time(9, 30))]


@pytest.fixture
def working(agenda):
    """Mondays and Tuesdays, 8 h 30 to 9 h 30: four slots a day."""
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        schedule.set_hours(practitioner=agenda.practitioner, intervals=MORNING)
    return agenda


def free(agenda, since, n=4, kind=None):
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        return slots.free_slots(practitioner=agenda.practitioner, type=kind or agenda.usual, since=since, n=n)


def warn(agenda, start, end):
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        return slots.warnings_for(practitioner=agenda.practitioner, start=start, end=end)


def absent(agenda, start, end, reason="holiday"):
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        return schedule.add_absence(practitioner=agenda.practitioner, start=start, end=end, reason=reason)


def test_hours_are_replaced_as_a_whole(working):
    with working.cabinet.at_work(working.cabinet.doctor):
        schedule.set_hours(practitioner=working.practitioner, intervals=[(3, time(14), time(18))])
    assert list(WorkingHours.unscoped.values_list("weekday", flat=True)) == [3]


@pytest.mark.parametrize(
    "intervals", [[(1, time(10), time(9))], [(1, time(9), time(12)), (1, time(11), time(14))]]
)
def test_impossible_hours_are_refused(agenda, intervals):
    with agenda.cabinet.at_work(agenda.cabinet.doctor), pytest.raises(services.Refused):
        schedule.set_hours(practitioner=agenda.practitioner, intervals=intervals)
    assert not WorkingHours.unscoped.exists()


def test_next_free_slots_follow_the_hours_and_skip_what_is_taken(working):
    working.book(at(8, 45))
    working.book(at(9), type=working.emergency)  # holds no slot
    assert free(working, at(6)) == [at(8, 30), at(9), at(9, 15), at(8, 30, MONDAY + timedelta(days=1))]


def test_slots_after_an_odd_length_begin_on_five_minutes(working):
    working.book(at(8, 30), end=at(8, 52))
    assert free(working, at(6), n=2) == [at(8, 55), at(9, 10)]


def test_slots_never_begin_in_the_past(working):
    assert free(working, at(9, 3), n=1) == [at(9, 5)]
    assert free(working, at(9, 16), n=1) == [at(8, 30, MONDAY + timedelta(days=1))]


def test_an_absence_and_the_end_of_validity_leave_no_slot(working):
    absent(working, at(0), at(0, 0, MONDAY + timedelta(days=8)))
    assert free(working, at(6), n=1) == [at(8, 30, MONDAY + timedelta(days=8))]
    WorkingHours.unscoped.update(valid_to=MONDAY)
    assert free(working, at(6), n=1) == []


def test_a_practitioner_without_hours_offers_nothing_and_is_never_outside_of_them(agenda):
    assert free(agenda, at(6)) == []
    assert warn(agenda, at(3), at(4)) == []


def test_warnings_say_why(working):
    assert warn(working, at(8, 30), at(9, 30)) == []
    assert "sort des horaires" in warn(working, at(9, 15), at(9, 45))[0]
    absent(working, at(8), at(18), "training")
    said = warn(working, at(8, 30), at(8, 45))
    assert len(said) == 1 and "absent" in said[0] and "formation" in said[0]


def test_an_absence_counts_the_appointments_that_stand(working):
    working.book(at(8, 30))
    working.book(at(9))
    _, standing = absent(working, at(8, 35), at(18))
    assert standing == 2
    with working.cabinet.at_work(working.cabinet.doctor):
        schedule.remove_absence(absence_id=Absence.objects.get().pk)
    assert not Absence.unscoped.exists()


def test_the_starter_types_are_added_once(agenda):
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        assert len(schedule.starter_types()) == len(schedule.starter_types()) == 4


# — the change of the hour —


def test_the_skipped_hour_is_refused_in_french():
    with pytest.raises(clock.NoSuchTime, match="heure d’été"):
        clock.parse("2027-03-28T02:30")


def test_the_repeated_hour_is_taken_the_first_time():
    assert clock.parse("2026-10-25T02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("day,hours", [(SPRING, 23), (AUTUMN, 25), (MONDAY, 24)])
def test_a_day_is_as_long_as_it_is(day, hours):
    first, last = clock.bounds(day, 1)
    assert (last - first).total_seconds() == hours * 3600


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_nine_o_clock_stays_nine_o_clock_over_the_change(agenda, day):
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        schedule.set_hours(
            practitioner=agenda.practitioner, intervals=[(w, time(9), time(9, 15)) for w in range(1, 8)]
        )
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    assert free(agenda, clock.midnight(days[0]), n=3) == [at(9, 0, d) for d in days]
    for d in days:
        agenda.book(at(9, 0, d))
        agenda.book(at(23, 30, d), end=at(23, 30, d) + timedelta(minutes=30))
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        data = selectors.week(
            keyring=keyring, practitioners=[agenda.practitioner], start=clock.monday(day), days=7
        )
    starts = [event["start"] for event in data["events"]]
    assert starts == [f"{d}T{h}" for d in days[:2] for h in ("09:00", "23:30")]
    assert data["events"][-1]["end"] == f"{days[2]}T00:00"


def test_an_appointment_in_the_repeated_hour_keeps_its_length(agenda):
    start = clock.parse("2026-10-25T02:30+02:00")
    row = agenda.book(start, end=start + timedelta(minutes=60))
    row.refresh_from_db()
    assert row.minutes == 60
    with pytest.raises(services.SlotTaken):
        agenda.book(clock.parse("2026-10-25T02:15+01:00"))
    agenda.book(clock.parse("2026-10-25T02:30+01:00"))
