"""Tests that ship and tests of the practice, item by item; what was asked stays with the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.record import scores, selectors
from serment.record.models import Questionnaire
from serment.vault.ids import encode
from serment.vault.marks import mark


@given(st.sampled_from(sorted(scores.shipped())), st.data())
def test_a_score_is_the_sum_of_its_answers(code, data):
    definition = scores.shipped()[code]
    answers = [data.draw(st.sampled_from([p for p, _ in item.choices])) for item in definition.items]
    found = definition.read(answers)
    assert found.total == sum(answers) <= definition.out_of and found.band
    assert [answer.label for answer in found.detail] == [item.label for item in definition.items]


def test_the_shipped_ones_have_the_points_of_their_authors():
    totals = {code: definition.out_of for code, definition in scores.shipped().items()}
    assert totals == {"phq9": 27, "audit_c": 12, "epworth": 24, "fagerstrom": 10}


def test_bands_and_refusals():
    phq = scores.shipped()["phq9"]
    bands = [phq.read([n] * 9).band for n in (0, 1, 2, 3)]
    assert bands == ["minime", "légère", "modérément sévère", "sévère"]
    with pytest.raises(ValueError, match="chaque item"):
        phq.read([1, 2])
    with pytest.raises(ValueError, match="hors"):
        phq.read([4] * 9)


def test_a_definition_is_written_as_text():
    first, second = scores.parse_items(
        "Orientation dans le temps | 5\n\nMarche | 0 seul ; 1 avec aide ; -2 ne marche pas"
    )
    assert [points for points, _ in first.choices] == [0, 1, 2, 3, 4, 5]
    assert second.choices == ((0, "seul"), (1, "avec aide"), (-2, "ne marche pas"))
    assert scores.parse_bands("24 : normal\n0 : trouble") == ((0, "trouble"), (24, "normal"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "sans barre",
        "a | ",
        " | 3",
        "a | 0",
        "a | 101",
        "a | oui ; non",
        "a | 1 oui",
        "a | 1 oui ; 1 non",
        "\n".join(f"item {n} | 1" for n in range(61)),
    ],
)
def test_a_text_that_defines_nothing_is_refused(text):
    with pytest.raises(scores.BadDefinition):
        scores.parse_items(text)


@pytest.mark.parametrize("text", ["normal", "x : normal", "3 :", "3 : a\n3 : b"])
def test_a_reading_that_reads_nothing_is_refused(text):
    with pytest.raises(scores.BadDefinition):
        scores.parse_bands(text)


TEST = {
    "title": "Test des cinq mots du cabinet",
    "source": "écrit par le cabinet, 2026",
    "items": "rappel immédiat | 5\nrappel différé | 5",
    "bands": "0 : à explorer\n10 : normal",
}


def test_the_practice_makes_its_own_fills_it_and_changes_it(cabinet, record_path, patient):
    browser = cabinet.client(cabinet.doctor)
    bad = browser.post("/dossier/tests/", {**TEST, "items": "sans barre"})
    page = bad.content.decode()
    assert bad.status_code == 422 and "Ligne 1" in page and "Test des cinq mots" in page
    assert browser.post("/dossier/tests/", TEST).status_code == 302
    assert browser.post("/dossier/tests/", TEST).status_code == 422  # the title is taken
    with cabinet.at_work(cabinet.doctor):
        code = encode(Questionnaire.objects.get().pk)
    assert "Test des cinq mots" in browser.get(f"{record_path}prevention/").content.decode()
    path = f"{record_path}tests/{mark(code)}/"
    assert browser.post(path, {"item-0": "5", "item-1": "²"}).status_code == 422
    assert browser.post(path, {"item-0": "5", "item-1": "6"}).status_code == 422
    assert browser.post(path, {"item-0": "5", "item-1": "3"}).status_code == 302
    changed = {**TEST, "items": "rappel immédiat, autre liste | 5"}
    assert browser.post(f"/dossier/tests/{code}/", changed).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        kept = selectors.last_content(keyring=keyring, patient_id=patient.pk, kind="score")
    assert kept.line() == "Test des cinq mots du cabinet : 8 sur 10, à explorer"
    assert ("Rappel différé", "3") in kept.rows() and ("Source", TEST["source"]) in kept.rows()
    assert browser.post(f"/dossier/tests/{code}/", {"retire": "1"}).status_code == 302
    assert browser.get(path).status_code == 404
    assert (
        "Test des cinq mots du cabinet : 8 sur 10"
        in browser.get(f"{record_path}prevention/").content.decode()
    )


def test_another_practice_sees_nothing_of_it(cabinet):
    cabinet.client(cabinet.doctor).post("/dossier/tests/", TEST)
    code = encode(Questionnaire.unscoped.get().pk)
    assert cabinet.client(cabinet.stranger).get(f"/dossier/tests/{code}/").status_code == 404


def test_a_shipped_score_on_screen(cabinet, record_path):
    browser = cabinet.client(cabinet.doctor)
    answers = {f"item-{place}": "1" for place in range(9)}
    missing = browser.post(
        f"{record_path}tests/{mark('phq9')}/", {**answers, "item-8": "", "note": "vue en visite"}
    )
    assert missing.status_code == 422 and "vue en visite" in missing.content.decode()
    assert browser.post(f"{record_path}tests/{mark('phq9')}/", answers).status_code == 302
    assert "9 sur 27, légère" in browser.get(f"{record_path}prevention/").content.decode()
