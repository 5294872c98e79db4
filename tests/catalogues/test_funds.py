"""An unknown régime, and an unknown fund once the list is there, are refused where the patient's rights are typed."""

from __future__ import annotations

import pytest

from serment.catalogues import funds
from serment.vault.ids import encode

TYPED = {
    "birth_family_name": "Trublion",
    "first_given_name": "Odile",
    "sex": "F",
    "birth_date": "1984-05-17",
}


@pytest.fixture
def listed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    source = tmp_path / "source.csv"
    source.write_text("ORG_NUM;ORG_CAI_NUM\n01C351000;351\n")
    return lambda: funds.take(source)


def test_the_field_says_what_is_unknown(cabinet, listed):
    desk = cabinet.client(cabinet.secretary)

    def page(organism: str):
        return desk.post("/patients/nouveau/", TYPED | {"organism": organism})

    assert "Régime 77 inconnu" in page("773510000").content.decode()
    assert "Neuf chiffres" in page("01351").content.decode()
    listed()
    refused = page("014990000")
    text = " ".join(refused.content.decode().split())
    assert refused.status_code == 422 and 'value="014990000"' in text, "what was typed is kept"
    at = text.index('id="id_organism"')
    assert "Caisse 499 inconnue dans le régime 01" in text[at : at + 900], "beside the field"
    assert page("013510000").status_code == 302


def test_what_was_kept_before_the_list_holds_back_no_other_field(cabinet, listed):
    from serment.patients.payloads import Coverage
    from serment.patients.services import update_patient

    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        update_patient(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            version=1,
            identity=None,
            coverage=Coverage(scheme="01", fund="499", centre="0000"),
        )
    listed()
    given = TYPED | {"birth_family_name": "Lestrange", "first_given_name": "Apolline", "version": "2"}
    client = cabinet.client(cabinet.secretary)
    path = f"/patients/{encode(patient.pk)}/modifier/"
    assert client.post(path, given | {"organism": "014990000", "mobile": "0612345678"}).status_code == 302
    assert client.post(path, given | {"organism": "014980000", "version": "3"}).status_code == 422
