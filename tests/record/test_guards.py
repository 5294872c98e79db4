"""What should not be in free text is said before signing, with its field and its reason, and never blocks (E-DEV-2)."""

from __future__ import annotations

import pytest

from serment.record import guards, watched
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
