"""The database itself refuses, whatever the program does."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from serment.agenda import overlap, services
from serment.agenda.models import Appointment
from serment.journal import services as journal
from serment.vault.ids import new_id
from serment.vault.tenancy import using_practice
from tests.agenda.conftest import at


def _row(agenda, start, end, **more):
    return Appointment(
        id=new_id(),
        practice_id=agenda.cabinet.practice.pk,
        practitioner=agenda.practitioner,
        patient=agenda.patient,
        type=agenda.usual,
        start=start,
        end=end,
        **more,
    )


def test_an_insert_past_the_services_is_refused(agenda):
    _row(agenda, at(9), at(9, 30)).save()
    with pytest.raises(IntegrityError, match=overlap.NAME), transaction.atomic():
        _row(agenda, at(9, 15), at(9, 45)).save()
    with pytest.raises(IntegrityError, match=overlap.NAME), transaction.atomic():
        Appointment.unscoped.bulk_create([_row(agenda, at(9, 29), at(10))])


def test_an_update_past_the_services_is_refused(agenda):
    _row(agenda, at(9), at(9, 30)).save()
    other = _row(agenda, at(10), at(10, 30))
    other.save()
    cancelled = _row(agenda, at(9), at(9, 30), state="cancelled")
    cancelled.save()
    for pk, change in (
        (other.pk, {"start": at(9, 15)}),
        (cancelled.pk, {"state": "booked"}),
        (cancelled.pk, {"state": "arrived"}),
    ):
        with pytest.raises(IntegrityError, match=overlap.NAME), transaction.atomic():
            Appointment.unscoped.filter(pk=pk).update(**change)
    Appointment.unscoped.filter(pk=other.pk).update(start=at(9, 30))


def test_over_midnight_and_over_a_day(agenda):
    _row(agenda, at(22), at(22) + timedelta(hours=6)).save()
    with pytest.raises(IntegrityError, match=overlap.NAME), transaction.atomic():
        _row(agenda, at(22) + timedelta(hours=5), at(22) + timedelta(hours=7)).save()
    with pytest.raises(IntegrityError, match=overlap.TOO_LONG), transaction.atomic():
        _row(agenda, at(8), at(8) + timedelta(hours=25), exclusive=False).save()


def test_another_practice_is_another_agenda(agenda):
    """Same practitioner id, another practice: cannot happen by keys, so the rule must not join over practices."""
    _row(agenda, at(9), at(9, 30)).save()
    stranger = agenda.cabinet.stranger
    with using_practice(stranger.practice_id):
        row = _row(agenda, at(9), at(9, 30))
        row.practice_id = stranger.practice_id
        row.save()
        assert Appointment.objects.count() == 1
    assert Appointment.objects.count() == 1


@pytest.mark.sqlite
def test_the_rule_is_put_back_after_a_table_is_rebuilt(agenda):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER agenda_overlap_insert")
    overlap.install(connection)
    _row(agenda, at(9), at(9, 30)).save()
    with pytest.raises(IntegrityError, match=overlap.NAME), transaction.atomic():
        _row(agenda, at(9), at(9, 30)).save()


def _own_connection(path):
    """Point this thread's connection at the file of the test, with the shipped settings (WAL, IMMEDIATE)."""
    if path is not None:
        own = connections["default"]
        own.settings_dict = {**own.settings_dict, "NAME": str(path)}


def _race(agenda, path, works):
    """Run callables at once, each in a thread with a connection of its own. Gives what each returned or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)
    secretary = agenda.cabinet.secretary
    keyring = agenda.cabinet.keyring(secretary)

    def run(number, work):
        try:
            _own_connection(path)
            with using_practice(secretary.practice_id), journal.acting(secretary.pk):
                Appointment.objects.exists()  # connected before the start
                gate.wait(10)
                results[number] = work(keyring)
        except Exception as error:
            results[number] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def shared(transactional_db, request, tmp_path):
    """A committed agenda that several connections see, and the SQLite file they open (None on PostgreSQL)."""
    made = request.getfixturevalue("agenda")
    if connection.vendor != "sqlite":
        return made, None
    path = tmp_path / "race.sqlite3"
    connection.ensure_connection()
    _copy_to(path)
    return made, path


def _copy_to(path):
    """Write the committed rows of this test to the SQLite file that the racers open; nothing on PostgreSQL (None).

    A shipped database is in WAL mode long before two people use it, and the mode stays in the file. The copy takes it
    here: four connections that change a file's mode at once are told "locked" without any wait.
    """
    if path is None:
        return
    target = sqlite3.connect(path)
    connection.connection.backup(target)
    assert target.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    target.close()


def _count(agenda, path):
    """(appointments, chain verdict) as a fresh connection sees them."""

    def look(keyring):
        return (
            list(Appointment.objects.order_by("changed_seq").values_list("changed_seq", "start", "version")),
            journal.verify(agenda.cabinet.practice.pk),
        )

    return _race(agenda, path, [look])[0]


def test_concurrent_bookings_of_one_slot_give_one_appointment(shared):
    agenda, path = shared

    def book(keyring):
        return services.book(
            keyring=keyring,
            author=agenda.cabinet.secretary,
            practitioner=agenda.practitioner,
            type=agenda.usual,
            start=at(14, 30),
            patient_id=agenda.patient.pk,
        )

    results = _race(agenda, path, [book] * 6)
    won = [r for r in results if isinstance(r, Appointment)]
    lost = [r for r in results if isinstance(r, services.SlotTaken)]
    assert (len(won), len(lost)) == (1, 5), results
    rows, verdict = _count(agenda, path)
    assert len(rows) == 1 and verdict.sound, verdict


def test_concurrent_moves_and_bookings_never_overlap(shared):
    agenda, path = shared
    held = [agenda.book(at(9 + n)) for n in range(3)]
    _copy_to(path)

    def mover(row):
        return lambda keyring: services.move(
            appointment_id=row.pk, version=1, start=at(15), end=at(15, 20), practitioner=agenda.practitioner
        )

    def booker(minute):
        return lambda keyring: services.book(
            keyring=keyring,
            author=agenda.cabinet.secretary,
            practitioner=agenda.practitioner,
            type=agenda.usual,
            start=at(15, minute),
            patient_id=agenda.patient.pk,
        )

    results = _race(agenda, path, [mover(row) for row in held] + [booker(5), booker(10)])
    won = [r for r in results if isinstance(r, Appointment)]
    assert len(won) == 1, results
    assert all(isinstance(r, Appointment | services.SlotTaken) for r in results), results
    rows, verdict = _count(agenda, path)
    assert verdict.sound and len({seq for seq, _, _ in rows}) == len(rows)


def test_concurrent_changes_of_one_appointment_keep_one(shared):
    agenda, path = shared
    row = agenda.book(at(9))
    _copy_to(path)

    def move(hour):
        return lambda keyring: services.move(
            appointment_id=row.pk, version=1, start=at(hour), end=at(hour, 15)
        )

    results = _race(agenda, path, [move(hour) for hour in (10, 11, 12, 13)])
    assert sum(isinstance(r, Appointment) for r in results) == 1, results
    assert sum(isinstance(r, services.ChangedMeanwhile) for r in results) == 3, results
    rows, _ = _count(agenda, path)
    assert [version for _, _, version in rows] == [2]
