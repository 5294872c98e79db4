"""The waiting room, the day sheet, a patient’s appointments."""

from __future__ import annotations

from datetime import timedelta

from serment.agenda import clock, services
from serment.journal.models import Event
from serment.vault.ids import encode
from tests.agenda.conftest import MONDAY, at
from tests.agenda.screens import DAY, HTMX, now_in, page, url


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
