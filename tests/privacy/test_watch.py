"""Signals from the journal (E-TRAC-4): counted, dated, without a patient."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from serment.journal.models import Event
from serment.privacy import watch

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def log(cabinet):
    """Write events with times of one's own (they are read, never verified here)."""
    base = Event.unscoped.filter(practice_id=cabinet.practice.pk).count()

    def write(action, count, first, step, subject=lambda n: n):
        nonlocal base
        Event.unscoped.bulk_create(
            Event(
                practice_id=cabinet.practice.pk,
                seq=base + n + 1,
                at=first + step * n,
                actor_id=cabinet.doctor.pk,
                action=action,
                subject_id=subject(n),
                details={},
                digest=b"x",
            )
            for n in range(count)
        )
        base += count

    return write


def noon() -> datetime:
    return datetime.combine(timezone.localdate() - timedelta(days=1), datetime.min.time(), PARIS) + timedelta(
        hours=12
    )


def codes(cabinet):
    with cabinet.at_work(cabinet.doctor):
        return [signal.code for signal in watch.signals()]


def test_a_hundred_files_in_ten_minutes(cabinet, log):
    log("record.viewed", 99, noon(), timedelta(seconds=5))
    assert codes(cabinet) == []
    log("record.viewed", 1, noon() + timedelta(minutes=9), timedelta(0), subject=lambda n: 5000)
    assert codes(cabinet) == ["mass_reading"]


def test_the_same_hundred_over_a_day_is_ordinary(cabinet, log):
    log("record.viewed", 100, noon(), timedelta(minutes=1))
    assert codes(cabinet) == []


def test_one_file_a_hundred_times_is_ordinary(cabinet, log):
    log("record.viewed", 150, noon(), timedelta(seconds=2), subject=lambda n: 7)
    assert codes(cabinet) == []


def test_night_refusals_and_copies(cabinet, log):
    log("record.viewed", 15, noon() + timedelta(hours=12), timedelta(minutes=3))
    log("access.refused", 20, noon(), timedelta(minutes=1))
    log("privacy.copy_made", 10, noon(), timedelta(minutes=9))
    assert sorted(codes(cabinet)) == ["copies", "night", "refusals"]


def test_a_signal_opens_a_prefilled_violation(cabinet, log):
    log("access.refused", 25, noon(), timedelta(minutes=1))
    client = cabinet.client(cabinet.doctor)
    assert "25 refus" in client.get("/vie-privee/").content.decode()
    page = client.get("/vie-privee/violations/nouvelle/", {"signal": "refusals"}).content.decode()
    assert "Signalé par le journal" in page


def test_twenty_thousand_looks_are_counted_in_one_pass(cabinet, log):
    """A person who reads one file all week costs no more than its rows: nothing is counted again for each."""
    at = noon()
    rows = [("record.viewed", 1, 7, at + timedelta(milliseconds=n)) for n in range(20_000)]
    started = process_time()
    assert watch._mass_reading(rows) == []
    assert process_time() - started < 2


def test_the_home_page_asks_the_journal_once_a_minute(cabinet, log, monkeypatch):
    with cabinet.at_work(cabinet.doctor):
        assert watch.recent() == []
        log("record.viewed", 100, noon(), timedelta(seconds=5))
        assert watch.recent() == []
        monkeypatch.setattr(watch, "RECENT_SECONDS", -1)
        assert [signal.code for signal in watch.recent()] == ["mass_reading"]
