"""The calendar as it is looked at and as appointments are moved in it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from serment.agenda import schedule
from serment.journal.models import Event
from serment.vault.ids import encode
from tests.agenda.conftest import MONDAY, at
from tests.agenda.screens import DAY, HTMX, booking, island, move, now_in, page, url


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
