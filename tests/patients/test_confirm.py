"""Contact details are asked again at the arrival when they are old (R5.13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.patients.hits import STALE_DAYS, PatientHit
from serment.patients.selectors import card
from serment.vault.ids import encode
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_never_or_long_ago_is_to_confirm():
    today = timezone.localdate()
    given = (1, "X", today, "F", "", "")
    assert PatientHit(*given).to_confirm
    assert PatientHit(*given, confirmed_on=today - timedelta(days=STALE_DAYS + 1)).to_confirm
    assert not PatientHit(*given, confirmed_on=today - timedelta(days=STALE_DAYS)).to_confirm


def test_the_panel_asks_and_one_click_answers(world):
    browser = world.cabinet.client(world.cabinet.secretary)
    panel = f"/agenda/rendez-vous/{encode(world.sample('appointment_id'))}/"
    assert "jamais confirmées" in browser.get(panel).content.decode()
    patient = world.sample("patient_id")
    answer = browser.post(f"/patients/{encode(patient)}/confirmer/", {"from": "waiting"})
    assert answer.url == "/agenda/salle-d-attente/"
    assert "jamais confirmées" not in browser.get(panel).content.decode()
    with world.cabinet.at_work(world.cabinet.doctor) as keyring:
        found = card(keyring=keyring, patient_id=patient)
    assert found.identity.confirmed_on == timezone.localdate() and found.version == 1
