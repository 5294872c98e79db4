"""A form sent twice writes once; another patient's page, or a made-up token, takes nobody's place."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from serment.journal.models import Event
from serment.record import once, services
from serment.record.kinds.note import Note
from serment.record.models import Entry
from serment.vault.ids import encode
from serment.vault.paths import path


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def token_of(browser, address):
    return browser.get(address).content.decode().partition('name="once" value="')[2].partition('"')[0]


def count(cabinet, kind):
    with cabinet.at_work(cabinet.doctor):
        return Entry.objects.filter(kind=kind).count()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("problem", {"label": "Asthme", "status": "active"}),
        ("vaccination", {"antigen": "dtp", "given_on": "2026-01-02"}),
        ("observation", {"label": "Score maison", "value": "4"}),
        ("situation", {"family": "vit seule"}),
        ("lifestyle", {"agreed": "on", "tobacco": "never"}),
    ],
)
def test_a_double_click_writes_one_entry_and_one_event(doctor, cabinet, patient, kind, data):
    address = path("record:add", patient.pk, kind)
    sent = {**data, "once": token_of(doctor, address), "confirm_unusual": "1"}
    assert [doctor.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert count(cabinet, kind) == 1
    assert Event.unscoped.filter(action="record.added").count() == 1


def test_two_pages_write_two_entries(doctor, cabinet, patient):
    address, data = path("record:add", patient.pk, "note"), {"text": "Même texte"}
    for _ in range(2):
        doctor.post(address, {**data, "once": token_of(doctor, address)})
    assert count(cabinet, "note") == 2


def test_the_page_that_wrote_already_says_so_and_keeps_what_is_typed(doctor, cabinet, patient):
    address = path("record:add", patient.pk, "note")
    token = token_of(doctor, address)
    doctor.post(address, {"text": "Premier texte", "once": token})
    again = doctor.post(address, {"text": "Second texte", "once": token})
    page = again.content.decode()
    assert again.status_code == 422 and "déjà ajouté" in page and "Second texte" in page
    assert count(cabinet, "note") == 1


@pytest.mark.parametrize("text", ["", "x", "0" * 13, "0000000000001:faux"])
def test_a_made_up_token_is_no_token(doctor, cabinet, patient, text):
    address = path("record:add", patient.pk, "note")
    for said in ("un", "deux"):
        assert doctor.post(address, {"text": f"Note {said}", "once": text}).status_code == 302
    assert count(cabinet, "note") == 2


def test_the_token_is_of_one_patient(doctor, cabinet, patient):
    other = cabinet.patient(birth_family_name="Autre")
    token = token_of(doctor, path("record:add", other.pk, "note"))
    request = RequestFactory().post("/", {"once": token})
    request.person = cabinet.doctor
    assert once.token(request, other.pk) == token and once.token(request, patient.pk) != token


def test_two_at_the_same_moment(cabinet, patient, add, monkeypatch):
    """Neither has seen the other when it looks: the second insert is refused by the key, and taken for done."""
    first = add("note", Note(text="Même texte"))
    seen = iter([None, first])
    monkeypatch.setattr(once, "find", lambda *args: next(seen))
    with cabinet.at_work(cabinet.doctor) as keyring:
        made = once.add_once(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[services.NewEntry("note", Note(text="Même texte"), id=first.pk)],
        )
    assert made == first.pk and count(cabinet, "note") == 1


def test_a_test_and_a_formula_too(doctor, cabinet):
    adult = cabinet.patient(birth_family_name="Adulte", birth_date=date(1970, 1, 1), sex="M")
    score = path("record:score", adult.pk, "fagerstrom")
    answers = {f"item-{place}": "1" for place in range(6)} | {"once": token_of(doctor, score)}
    kidney = path("record:kidney", adult.pk)
    given = {
        "creatinine": "90",
        "unit": "µmol/L",
        "weight": "70",
        "note": "1",
        "once": token_of(doctor, kidney),
    }
    for _ in range(2):
        assert doctor.post(score, answers).status_code == 302
        assert doctor.post(kidney, given).status_code == 302
    assert count(cabinet, "score") == 1 and count(cabinet, "observation") == 3


def test_a_document_kept_at_the_same_moment(doctor, cabinet, patient, monkeypatch):
    from serment.record import files

    monkeypatch.setattr(files, "_known", lambda *args: None)
    address = path("record:add_document", patient.pk)
    token = token_of(doctor, address)

    def send(text):
        file = SimpleUploadedFile("x.txt", text.encode(), "text/plain")
        given = {"title": "Courrier", "kind": "other", "source": "le patient", "file": file, "once": token}
        return doctor.post(address, given)

    first, second = send("même"), send("même")
    assert first.status_code == second.status_code == 302 and first.url == second.url
    other = send("autre")
    assert other.status_code == 422 and "déjà gardé" in other.content.decode()
    assert count(cabinet, "document") == 1


def test_the_button_waits(doctor, patient):
    page = doctor.get(path("record:add", patient.pk, "note")).content.decode()
    assert 'hx-disabled-elt="find .card-footer button"' in page


def test_encode_is_the_entry(doctor, cabinet, patient):
    address = path("record:add", patient.pk, "note")
    token = token_of(doctor, address)
    doctor.post(address, {"text": "Une note", "once": token})
    with cabinet.at_work(cabinet.doctor):
        assert token.startswith(encode(Entry.objects.get(kind="note").pk))
