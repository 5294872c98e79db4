"""Search within one record; and the guard against bank numbers (E-DEV-2)."""

from __future__ import annotations

import pytest

from serment.record import guards
from serment.vault.ids import encode
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_words_of_any_entry_are_found_accents_aside(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/dossier/chercher/"
    page = browser.post(address, {"text": "ZYGOMATIQUE suspicion"}).content.decode()
    assert "Consultation" in page and "photophobie" in page
    assert "Rien dans ce dossier" in browser.post(address, {"text": "licorne"}).content.decode()
    assert world.cabinet.client(world.cabinet.secretary).post(address, {"text": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("text", "bank"),
    [
        ("FR14 2004 1010 0505 0001 3M02 606", True),
        ("FR15 2004 1010 0505 0001 3M02 606", False),
        ("carte 4111 1111 1111 1111", True),
        ("carte 4111 1111 1111 1112", False),
        ("TA 130/80, rappel le 12/05", False),
    ],
)
def test_bank_numbers_are_pointed_out(text, bank):
    assert guards.has_bank_number(text) is bank
    assert bool(guards.cautions([("Note", text)])) is bank
