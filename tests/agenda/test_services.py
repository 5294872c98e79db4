"""Give, move, follow: each verb, its refusals, its journal event."""

from __future__ import annotations

from datetime import timedelta

import pytest

from serment.agenda import selectors, services
from serment.agenda.models import Appointment
from serment.journal.models import Event
from serment.vault.domains import Domain
from tests.agenda.conftest import at


def actions(appointment: Appointment) -> list[str]:
    return list(
        Event.unscoped.filter(object_id=appointment.pk).order_by("seq").values_list("action", flat=True)
    )


def test_booking_takes_the_length_of_the_type_and_is_journalled(agenda):
    row = agenda.book(at(14, 30), note="Apporter la carte Vitale")
    assert row.end == at(14, 45) and row.state == "booked" and row.version == 1
    event = Event.unscoped.get(object_id=row.pk)
    assert event.action == "agenda.booked" and event.subject_id == agenda.patient.pk
    assert row.changed_seq == event.seq
    assert b"Vitale" not in bytes(row.details)


def test_the_note_is_sealed_to_the_patient(agenda):
    row = agenda.book(at(9), note="Code de la porte 4512")
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        keys = keyring.subject_keys([agenda.patient.pk], Domain.ADMIN)
        assert keys.open(Appointment.objects.get(pk=row.pk), "details").note == "Code de la porte 4512"


def test_someone_without_a_file_is_sealed_to_the_practice(agenda):
    row = agenda.book(at(9), name="Armel Quéré", phone="+33612345678")
    assert row.patient_id is None
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        line = selectors.one(keyring=keyring, appointment_id=row.pk)
    assert (line.name, line.phone) == ("Armel Quéré", "+33612345678")


def test_a_file_made_later_takes_over_the_note(agenda):
    row = agenda.book(at(9), name="Armel Quéré", note="Étage sans ascenseur")
    with agenda.cabinet.at_work(agenda.cabinet.secretary) as keyring:
        services.change(
            keyring=keyring,
            appointment_id=row.pk,
            version=1,
            type=agenda.usual,
            start=row.start,
            end=row.end,
            practitioner=agenda.practitioner,
            home_visit=True,
            note="Étage sans ascenseur",
            patient_id=agenda.patient.pk,
        )
        line = selectors.one(keyring=keyring, appointment_id=row.pk)
    assert line.patient.id == agenda.patient.pk
    assert line.note == "Étage sans ascenseur" and line.row.home_visit
    assert actions(row) == ["agenda.booked", "agenda.changed"]


def test_nobody_is_refused(agenda):
    with pytest.raises(services.Refused, match="Choisissez un patient"):
        agenda.book(at(9), name="  ")


def test_a_patient_of_another_practice_is_refused(agenda):
    theirs = agenda.cabinet.patient(by=agenda.cabinet.stranger, birth_family_name="Ailleurs")
    with pytest.raises(services.Refused, match="n’existe pas dans ce cabinet"):
        agenda.book(at(9), patient_id=theirs.pk)


@pytest.mark.parametrize("minutes", [-15, 0, 13 * 60])
def test_impossible_lengths_are_refused(agenda, minutes):
    with pytest.raises(services.Refused):
        agenda.book(at(9), end=at(9) + timedelta(minutes=minutes))
    assert not Appointment.unscoped.exists()


@pytest.mark.parametrize(
    "start,end",
    [
        ((14, 30), (14, 45)),
        ((14, 15), (14, 31)),
        ((14, 44), (15, 0)),
        ((14, 0), (15, 0)),
        ((14, 35), (14, 40)),
    ],
)
def test_an_overlap_is_refused_with_its_time_and_type_but_no_name(agenda, start, end):
    agenda.book(at(14, 30))
    before = Event.unscoped.count()
    with pytest.raises(services.SlotTaken) as caught:
        agenda.book(at(*start), end=at(*end))
    said = str(caught.value).replace("\u00a0", " ")
    assert "lundi 23 novembre 2026, de 14 h 30 à 14 h 45, Consultation, Dr Camille Aubry" in said
    assert "Lestrange" not in said and "LESTRANGE" not in said
    assert Event.unscoped.count() == before and Appointment.unscoped.count() == 1


def test_slots_that_touch_do_not_overlap(agenda):
    agenda.book(at(14, 30))
    agenda.book(at(14, 15))
    agenda.book(at(14, 45))
    agenda.book(at(14, 30), practitioner=agenda.colleague)
    assert Appointment.unscoped.count() == 4


def test_an_emergency_type_may_overlap(agenda):
    agenda.book(at(14, 30))
    agenda.book(at(14, 30), type=agenda.emergency)
    agenda.book(at(14, 35), type=agenda.emergency)
    assert Appointment.unscoped.count() == 3


def _state(agenda, row, state, reason=""):
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        held = Appointment.objects.get(pk=row.pk)
        return services.set_state(appointment_id=row.pk, version=held.version, state=state, reason=reason)


def _undo(agenda, row):
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        held = Appointment.objects.get(pk=row.pk)
        return services.undo(appointment_id=row.pk, version=held.version)


@pytest.mark.parametrize("state,reason", [("cancelled", "patient"), ("missed", "")])
def test_a_cancelled_or_missed_appointment_frees_its_slot(agenda, state, reason):
    first = agenda.book(at(14, 30))
    _state(agenda, first, state, reason)
    agenda.book(at(14, 30))
    with pytest.raises(services.SlotTaken):
        _undo(agenda, first)
    first.refresh_from_db()
    assert first.state == state


def test_the_whole_visit(agenda):
    row = agenda.book(at(14, 30))
    assert _state(agenda, row, "arrived").arrived_at
    assert _state(agenda, row, "in_consultation").started_at
    assert _state(agenda, row, "done").done_at
    assert actions(row) == ["agenda.booked", "agenda.arrived", "agenda.started", "agenda.finished"]
    assert Appointment.unscoped.get().version == 4


def test_undoing_goes_back_step_by_step(agenda):
    row = agenda.book(at(14, 30))
    for state in ("arrived", "in_consultation", "done"):
        _state(agenda, row, state)
    assert [_undo(agenda, row).state for _ in range(3)] == ["in_consultation", "arrived", "booked"]
    row.refresh_from_db()
    assert row.arrived_at is None and row.started_at is None and row.done_at is None
    with pytest.raises(services.Refused):
        _undo(agenda, row)


def test_missed_after_an_arrival_goes_back_to_arrived(agenda):
    row = agenda.book(at(14, 30))
    _state(agenda, row, "arrived")
    _state(agenda, row, "missed")
    assert _undo(agenda, row).state == "arrived"


@pytest.mark.parametrize(
    "path,target", [((), "booked"), (("done",), "arrived"), (("in_consultation",), "missed")]
)
def test_impossible_steps_are_refused(agenda, path, target):
    row = agenda.book(at(14, 30))
    for state in path:
        _state(agenda, row, state)
    if not path:
        assert _state(agenda, row, target).version == 1  # already so: nothing changes
        return
    with pytest.raises(services.Refused):
        _state(agenda, row, target)


@pytest.mark.parametrize("reason", ["", "grippe"])
def test_cancelling_takes_a_known_reason(agenda, reason):
    row = agenda.book(at(14, 30))
    with pytest.raises(services.Refused, match="raison"):
        _state(agenda, row, "cancelled", reason)


def test_asking_twice_for_the_same_state_counts_once(agenda):
    row = agenda.book(at(14, 30))
    with agenda.cabinet.at_work(agenda.cabinet.doctor):
        services.start(appointment_id=row.pk)
        services.start(appointment_id=row.pk)
        services.finish(appointment_id=row.pk)
        services.finish(appointment_id=row.pk)
    assert actions(row) == ["agenda.booked", "agenda.started", "agenda.finished"]


def _move(agenda, row, start, end, version=1, practitioner=None):
    with agenda.cabinet.at_work(agenda.cabinet.secretary):
        return services.move(
            appointment_id=row.pk, version=version, start=start, end=end, practitioner=practitioner
        )


def test_moving_resizing_and_handing_over(agenda):
    row = agenda.book(at(14, 30))
    moved = _move(agenda, row, at(15), at(15, 45), practitioner=agenda.colleague)
    assert (moved.start, moved.end, moved.practitioner_id) == (at(15), at(15, 45), agenda.colleague.pk)
    assert moved.version == 2 and actions(row) == ["agenda.booked", "agenda.moved"]


def test_moving_to_where_it_is_writes_nothing(agenda):
    row = agenda.book(at(14, 30))
    assert _move(agenda, row, row.start, row.end).version == 1
    assert actions(row) == ["agenda.booked"]


def test_moving_onto_another_is_refused_and_says_which(agenda):
    agenda.book(at(16))
    row = agenda.book(at(14, 30))
    with pytest.raises(services.SlotTaken, match="16\u00a0h\u00a000"):
        _move(agenda, row, at(16), at(16, 15))
    row.refresh_from_db()
    assert row.start == at(14, 30) and row.version == 1


def test_moving_a_stale_version_is_refused(agenda):
    row = agenda.book(at(14, 30))
    _move(agenda, row, at(15), at(15, 15))
    with pytest.raises(services.ChangedMeanwhile, match="entre-temps"):
        _move(agenda, row, at(16), at(16, 15))
    row.refresh_from_db()
    assert row.start == at(15)


def test_a_visit_that_ended_does_not_move(agenda):
    row = agenda.book(at(14, 30))
    _state(agenda, row, "done")
    with pytest.raises(services.Refused, match="terminé"):
        _move(agenda, row, at(15), at(15, 15), version=2)


def test_another_practice_has_no_such_appointment(agenda):
    row = agenda.book(at(14, 30))
    with agenda.cabinet.at_work(agenda.cabinet.stranger), pytest.raises(Appointment.DoesNotExist):
        services.set_state(appointment_id=row.pk, version=1, state="arrived")
