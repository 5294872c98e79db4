"""The copy of article 15: every table that declares data of patients is in it, and so are the past recipients."""

from __future__ import annotations

import pytest

from serment.letters import services as letters
from serment.letters.payloads import Letter
from serment.privacy import copy, gathering, recipients, register, requests
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.vault.ids import encode
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def gathered(world):
    with world.cabinet.at_work(world.cabinet.doctor) as keyring:
        return copy.gather(keyring=keyring, patient_id=world.ids["patient_id"])


def test_no_table_about_patients_is_left_out(world):
    """A new table says where it is in the copy, or why it is not."""
    declared = {model._meta.label for model, held in register.declarations() if held.subject == "patient"}
    assert declared - set(gathering.HELD) - set(gathering.APART) == set()
    data = gathered(world)
    assert set(gathering.HELD.values()) <= set(data)
    for part in ("identity", "appointments", "record", "claims", "payments", "requests", "declarations"):
        assert data[part], part
    assert data["purposes"] and data["durations"], "article 15.1: purposes and durations are told too"


def test_what_was_corrected_is_there_with_its_reason(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = {"keyring": keyring, "author": cabinet.doctor}
        entry = record.add_entry(
            **who, patient_id=patient.pk, kind="allergy", payload=Allergy(substance="iode")
        )
        record.correct_entry(
            **who,
            entry_id=entry.pk,
            version=1,
            payload=Allergy(substance="latex"),
            reason="erreur de lecture",
        )
        data = copy.gather(keyring=keyring, patient_id=patient.pk)
        text = str(copy.parts_of(data))
    assert "iode" in text and "latex" in text and "erreur de lecture" in text


def test_the_number_of_queries_does_not_grow(cabinet):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    patient = cabinet.patient()

    def cost(number: int) -> int:
        with cabinet.at_work(cabinet.doctor) as keyring:
            for rank in range(number):
                record.add_entry(
                    keyring=keyring,
                    author=cabinet.doctor,
                    patient_id=patient.pk,
                    kind="allergy",
                    payload=Allergy(substance=f"substance {rank}"),
                )
            with CaptureQueriesContext(connection) as seen:
                copy.gather(keyring=keyring, patient_id=patient.pk)
            return len(seen)

    assert cost(1) == cost(15)


def test_past_recipients_are_told_of_a_rectification(cabinet):
    """The letter's addressee, by name; and a notice to print for each who can be written to (article 19)."""
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = letters.sign(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            letter=Letter(
                kind="letter", title="Avis", recipient="Dr Nolwenn Le Bihan", body="Cher confrère,"
            ),
        )
        assert recipients.past(keyring=keyring, patient_id=patient.pk) == []
        letters.pdf(keyring=keyring, entry=entry)
        [known] = recipients.past(keyring=keyring, patient_id=patient.pk)
        assert known.addressee == "Dr Nolwenn Le Bihan"
        row = requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="rectification",
            received_on=requests.timezone.localdate(),
            identity_check="known",
            asked="Mon adresse est fausse",
        )
    client = cabinet.client(cabinet.doctor)
    path = f"/vie-privee/demandes/{encode(row.pk)}/"
    assert "Nolwenn" in client.get(path).content.decode()
    assert client.get(f"{path}avis.pdf", {"qui": 0}).status_code == 404, "not before it is done"
    assert client.post(path, {"state": "granted", "answer": "Adresse corrigée."}).status_code == 302
    assert client.get(f"{path}avis.pdf", {"qui": 0}).content.startswith(b"%PDF")
    assert client.get(f"{path}avis.pdf", {"qui": 9}).status_code == 404
    with cabinet.at_work(cabinet.doctor):
        row.refresh_from_db()
        assert "Nolwenn" not in str(row.outcome), "no name in a readable column"


def test_an_extension_keeps_its_reason_and_makes_its_letter(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="erasure",
            received_on=requests.timezone.localdate(),
            identity_check="known",
            asked="Tout effacer",
        )
    client, path = cabinet.client(cabinet.doctor), f"/vie-privee/demandes/{encode(row.pk)}/"
    assert client.get(f"{path}reponse.pdf").status_code == 404
    assert client.post(path, {"extend": "1", "reason": "beaucoup de pièces à relire"}).status_code == 302
    page = client.get(path).content.decode()
    assert "beaucoup de pièces à relire" in page and "Tout effacer" in page
    assert client.get(f"{path}reponse.pdf").content.startswith(b"%PDF")
