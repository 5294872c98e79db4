"""The steps of an appointment, and who may start a consultation."""

from __future__ import annotations

from serment.journal.models import Event
from serment.vault.ids import encode
from tests.agenda.conftest import at
from tests.agenda.screens import HTMX, now_in, page, url


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
