"""Letters and certificates: filled from the record, signed, printed; a field left in the text stops the hand."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from serment.letters import fields, services
from serment.letters.models import LetterModel
from serment.vault.ids import encode
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_a_shipped_model_is_filled_signed_and_printed(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    page = browser.get(f"{address}?modele=s0").content.decode()
    assert "QUILLIVÉRÉ" in page and "hypochondrie" in page and "sulfamidine" in page
    given = {
        "kind": "letter",
        "title": "Avis",
        "recipient": "Dr Lemonnier",
        "body": "Cher confrère,\n\nMerci.",
    }
    done = browser.post(address, given)
    assert done.status_code == 302
    pdf = browser.get(f"{done.url}courrier.pdf")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Dr Lemonnier" in text and "Merci." in text and "RPPS 10000000016" in text
    assert "QUILLIV" not in pdf["Content-Disposition"]


def test_a_field_left_or_a_social_security_number_stops(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    given = {"kind": "letter", "title": "Avis", "body": "Bonjour {inconnu}, merci."}
    answer = browser.post(address, given)
    assert answer.status_code == 422 and "{inconnu}" in answer.content.decode()
    given["body"] = "Patient 2 84 05 35 238 001 97, merci."
    assert browser.post(address, given).status_code == 422


def test_the_practice_keeps_its_own_models(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    given = {"label": "Mot du soir", "kind": "letter", "body": "Pour {patient}."}
    assert browser.post("/courriers/modeles/", given).status_code == 302
    assert browser.post("/courriers/modeles/", {**given, "body": "Pour {chat}."}).status_code == 422
    with world.cabinet.at_work(world.cabinet.doctor):
        assert LetterModel.objects.count() == 1
        assert services.offered()[0].label == "Mot du soir"


def test_every_shipped_field_is_known():
    assert all(
        fields.unknown(model["body"]) == []
        for model in services.tomllib.loads(services._STARTERS.read_text())["model"]
    )


def test_the_desk_may_not(world):
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    assert world.cabinet.client(world.cabinet.secretary).get(address).status_code == 403
