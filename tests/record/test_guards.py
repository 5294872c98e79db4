"""What should not be in free text is said before signing, with its field and its reason, and never blocks (E-DEV-2)."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest
from django import forms

import serment.record
from serment.record import guards, watched
from serment.record.forms import ADDABLE, CORRECTABLE
from serment.record.kinds.note import Note
from serment.record.models import Entry, WatchedWord
from serment.record.services import Refused
from serment.vault.ids import encode
from serment.vault.paths import path


@pytest.mark.parametrize(
    "text",
    [
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "iban fr7630006000011234567890189",
        "RIB 30006 00001 12345678901 89",
        "carte 4539 1488 0343 6467",
    ],
)
def test_bank_numbers(text):
    assert guards.has_bank_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "IBAN FR76 3000 6000 0112 3456 7890 188",
        "RIB 30006 00001 12345678901 88",
        "carte 4539 1488 0343 6468",
        "tension 12/8, poids 71,5 kg, téléphone 06 11 22 33 44",
    ],
)
def test_what_is_no_bank_number(text):
    assert not guards.has_bank_number(text)


def test_a_social_security_number_with_its_key_only():
    assert guards.has_nir("2 84 05 35 238 001 97") and not guards.has_nir("2 84 05 35 238 001 96")


@pytest.fixture
def words(cabinet):
    with cabinet.at_work(cabinet.doctor):
        watched.add(author=cabinet.doctor, words=[("hystérique", "jugement"), ("mauvaise foi", "")])
    return cabinet


def test_a_watched_word_is_found_whole_whatever_the_accents_and_the_plural(words):
    with words.at_work(words.doctor):
        found = guards.cautions([("Note", "Patiente HYSTERIQUES, de mauvaise-foi"), ("Motif", "toux")])
        assert len(found) == 2 and found[0].startswith("Note") and "(jugement)" in found[0]
        assert guards.cautions([("Note", "hystériquement")]) == []


def test_the_list_is_the_practice_s_own(words):
    with words.at_work(words.stranger):
        assert guards.cautions([("Note", "hystérique")]) == []
    assert guards.cautions([("Note", "hystérique")]) == [], "no practice is at work"


def test_it_is_asked_about_then_written_as_it_was(words, patient):
    browser, address = words.client(words.doctor), path("record:add", patient.pk, "note")
    answer = browser.post(address, {"text": "Très hystérique ce jour"})
    page = answer.content.decode()
    assert (
        answer.status_code == 422 and "« hystérique »".replace(" ", "\u00a0") in page and "(jugement)" in page
    )
    assert "Très hystérique ce jour" in page, "what was typed is kept"
    assert (
        'id="id_text-attention"' in page
        and "id_text-attention" in page.partition("<textarea")[2].partition(">")[0]
    )
    assert (
        browser.post(address, {"text": "Très hystérique ce jour", "confirm_unusual": "1"}).status_code == 302
    )
    with words.at_work(words.doctor):
        assert Entry.objects.filter(kind="note").count() == 1


def test_a_note_is_bounded():
    with pytest.raises(ValueError, match="2000"):
        Note(text="x" * 2001)


def test_the_settings_page_adds_takes_and_withdraws(cabinet):
    browser, address = cabinet.client(cabinet.doctor), "/reglages/mots/"
    assert browser.post(address, {"text": "pénible", "reason": "jugement"}).status_code == 302
    assert browser.post(address, {"text": "a", "reason": ""}).status_code == 422
    browser.post(address, {"text": "PENIBLE"})
    with cabinet.at_work(cabinet.doctor):
        word = WatchedWord.objects.get()
    browser.post(address, {"action": "proposee"})
    page = browser.get(address).content.decode()
    assert "Mots à éviter" in page and page.count("/retirer/") == len(watched.proposed())
    browser.post(f"{address}{encode(word.pk)}/retirer/")
    assert browser.get(address).content.decode().count("/retirer/") == len(watched.proposed()) - 1
    assert cabinet.client(cabinet.secretary).get(address).status_code == 403


def test_a_list_too_long_is_refused(cabinet, monkeypatch):
    monkeypatch.setattr(watched, "AT_MOST", 1)
    with cabinet.at_work(cabinet.doctor), pytest.raises(Refused, match="au plus"):
        watched.add(author=cabinet.doctor, words=[("premier", ""), ("second", "")])


def test_what_is_proposed_is_known_once_and_watched_by_nobody_yet(cabinet):
    words = [word for word, _ in watched.proposed()]
    assert len(words) == len(set(words)) >= 20 and all(reason for _, reason in watched.proposed())
    with cabinet.at_work(cabinet.doctor):
        assert not WatchedWord.objects.exists()


IBAN = "FR76 3000 6000 0112 3456 7890 189"
NO_RECORD = {
    "WayForm": "a template is nobody's",
    "RowForm": "a field of a template",
    "WordForm": "the list of words itself",
}
"""Forms of the room that write in no record."""


def free_texts(form):
    """Names of the fields where one writes what one wants."""
    return [
        name
        for name, field in form.fields.items()
        if type(field) is forms.CharField
        and not field.widget.is_hidden
        and (field.max_length is None or field.max_length >= len(IBAN))
    ]


def record_forms():
    for module in pkgutil.walk_packages(serment.record.__path__, "serment.record."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found, waiting = set(ADDABLE.values()) | set(CORRECTABLE.values()), [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("serment.record"):
                found.add(form)
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


def test_every_free_text_of_the_record_is_watched(cabinet):
    """The forms are enumerated: a new one that has a text and no caution fails here."""
    unwatched, held = [], 0
    for form_class in record_forms():
        names = [
            name
            for name, field in form_class.base_fields.items()
            if type(field) is forms.CharField and not field.widget.is_hidden
        ]
        if not names or form_class.__name__ in NO_RECORD or form_class.__name__.startswith("_"):
            continue
        try:
            form = form_class({}) if form_class.__name__ != "CorrectionForm" else form_class({}, initial={})
        except TypeError:
            unwatched.append(form_class.__name__)
            continue
        for name in free_texts(form):
            again = type(form)({name: IBAN}) if form_class.__name__ != "CorrectionForm" else None
            if again is None:
                again = form_class({name: IBAN}, initial={})
            again.is_valid()
            label = str(again[name].label)
            if name in again.errors:  # refused there already
                continue
            held += 1
            if not any(found.startswith(label) for found in getattr(again, "cautions", ())):
                unwatched.append(f"{form_class.__name__}.{name}")
    assert unwatched == [] and held > 25


def test_the_note_of_a_test_is_asked_about(words):
    adult = words.patient(birth_family_name="Adulte", birth_date=date(1970, 1, 1))
    address = path("record:score", adult.pk, "fagerstrom")
    answers = {f"item-{place}": "1" for place in range(6)} | {"note": "hystérique"}
    browser = words.client(words.doctor)
    page = browser.post(address, answers)
    assert (
        page.status_code == 422 and "jugement" in page.content.decode() and "checked" in page.content.decode()
    )
    assert browser.post(address, {**answers, "confirm_unusual": "1"}).status_code == 302


def test_the_reason_of_a_correction_is_asked_about(words, add):
    entry = add("note", Note(text="Une note"))
    given = {"text": "Une autre note", "version": "1", "why": "hystérique"}
    browser, address = words.client(words.doctor), path("record:correct", entry.pk)
    page = browser.post(address, given)
    assert page.status_code == 422 and "jugement" in page.content.decode()
    assert browser.post(address, {**given, "confirm_unusual": "1"}).status_code == 302


def test_the_practice_s_own_tests_are_asked_about(words):
    given = {"title": "Test", "source": IBAN, "items": "un | 2", "bands": "0 : rien"}
    browser = words.client(words.doctor)
    assert browser.post(path("record:questionnaires"), given).status_code == 422
    assert browser.post(path("record:questionnaires"), {**given, "confirm_unusual": "1"}).status_code == 302
