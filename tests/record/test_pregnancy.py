"""A pregnancy: dated, followed, said in the banner, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pydantic import ValidationError

from serment.record import pregnancy, selectors
from serment.record.kinds.pregnancy import Pregnancy
from serment.vault.marks import mark

LMP = date(2026, 1, 1)


def test_a_term_is_41_weeks_after_the_menses_and_39_after_the_beginning():
    assert Pregnancy(lmp=LMP).due_on == date(2026, 10, 15)
    dated = Pregnancy(lmp=LMP, began_on=date(2026, 1, 20))  # the ultrasound prevails
    assert dated.origin == date(2026, 1, 6) and dated.due_on == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "0\u00a0SA"),
        (7 * 24, "24\u00a0SA"),
        (7 * 24 + 3, "24\u00a0SA\u00a0+\u00a03\u00a0j"),
        (-1, ""),
        (400, ""),
    ],
)
def test_the_age_is_in_completed_weeks_and_days(days, text):
    assert pregnancy.age_text(Pregnancy(lmp=LMP), LMP + timedelta(days=days)) == text


def test_the_follow_up_says_what_is_past_now_and_later():
    found = pregnancy.steps(Pregnancy(lmp=LMP), LMP + timedelta(weeks=22))
    states = {step.label: step.state for step in found}
    assert states["échographie du premier trimestre"] == "past"
    assert states["échographie du deuxième trimestre"] == "now"
    assert states["échographie du troisième trimestre"] == "later"
    assert sum(step.label.startswith("examen du") for step in found) == 6
    assert [step.first for step in found] == sorted(step.first for step in found)
    assert all(step.source and step.weeks for step in found)


def test_months_go_from_one_to_nine():
    found = [
        pregnancy.month_on(Pregnancy(lmp=LMP), LMP + timedelta(weeks=weeks)) for weeks in (3, 14, 40, 44)
    ]
    assert found == [1, 3, 9, 9]


def test_a_pregnancy_is_dated_one_way_or_the_other():
    with pytest.raises(ValidationError):
        Pregnancy()


def test_the_page_the_banner_and_the_end(cabinet, patient, record_path):
    browser = cabinet.client(cabinet.doctor)
    add = f"{record_path}ajouter/{mark('pregnancy')}/"
    today = timezone.localdate()
    lmp = today - timedelta(weeks=20, days=2)
    assert (
        "Aucune grossesse en cours"
        in browser.get(f"{record_path}pages/{mark('pregnancy')}/").content.decode()
    )
    wrong = browser.post(add, {"fetuses": "1", "status": "ongoing"})
    assert wrong.status_code == 422 and "dernières règles, ou le début" in wrong.content.decode()
    future = browser.post(add, {"lmp": today + timedelta(days=3), "status": "ongoing"})
    assert future.status_code == 422 and "à venir" in future.content.decode()
    old = browser.post(add, {"lmp": today - timedelta(weeks=60), "status": "ongoing"})
    assert old.status_code == 422 and "terme serait passé" in old.content.decode()
    assert (
        browser.post(add, {"lmp": lmp, "status": "ongoing", "gravidity": "2", "parity": "1"}).status_code
        == 302
    )
    browser.post(f"{record_path}ajouter/{mark('measure')}/", {"m_fundal_height": "19", "m_weight": "63"})
    page = browser.get(f"{record_path}pages/{mark('pregnancy')}/").content.decode()
    assert "20\u00a0SA\u00a0+\u00a02\u00a0j" in page and "Hauteur utérine 19\u00a0cm" in page
    assert "Grossesse : 20\u00a0SA" in browser.get(record_path).content.decode()
    assert (
        "Grossesse : 20"
        not in cabinet.client(cabinet.secretary)
        .get(f"/patients/{record_path.split('/')[2]}/")
        .content.decode()
    )
    with cabinet.at_work(cabinet.doctor) as keyring:
        (item,) = selectors.of_kind(keyring=keyring, patient_id=patient.pk, kind="pregnancy")
    from serment.vault.ids import encode

    correct = f"/dossier/elements/{encode(item.id)}/corriger/"
    given = {"lmp": lmp, "version": "1", "why": "accouchement", "status": "ended"}
    missing = browser.post(correct, given)
    assert missing.status_code == 422 and "le jour où elle s’est terminée" in missing.content.decode()
    assert browser.post(correct, {**given, "ended_on": today, "outcome": "birth"}).status_code == 302
    assert "Grossesse : 20" not in browser.get(record_path).content.decode()
    assert "Grossesses passées" in browser.get(f"{record_path}pages/{mark('pregnancy')}/").content.decode()


def test_what_is_to_be_done_now_comes_first_the_soonest_end_before():
    found = pregnancy.steps(Pregnancy(lmp=LMP), LMP + timedelta(weeks=22))
    split = pregnancy.by_state(found)
    assert sum(len(rows) for rows in split.values()) == len(found)
    ends = [step.last for step in split["now"]]
    assert ends == sorted(ends) and "échographie du deuxième trimestre" in {s.label for s in split["now"]}
