"""A consultation may begin from a model: shipped, or one's own."""

from __future__ import annotations

import re

import pytest

from serment.record import models_of_consultation, selectors
from serment.record.models import ConsultationModel
from serment.vault.ids import encode


def test_a_shipped_model_fills_what_is_empty_and_never_what_is_written(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(patient.pk)}/dossier/consultation/"
    assert "Commencer d’une trame" in browser.get(page).content.decode()
    filled = browser.get(f"{page}?trame=pediatrie").content.decode()
    assert "Fontanelle, tonus" in filled and "examen de l’enfant" in filled
    data = {
        "history": "déjà écrit",
        "examination": "vu",
        "page": "",
        "opened": "2020-01-01T00:00:00+00:00",
    }
    browser.post(f"{page}brouillon/", data)
    again = browser.get(f"{page}?trame=pediatrie").content.decode()
    assert "déjà écrit" in again and "Fontanelle" not in again and "Sommeil" not in again
    assert "Vaccins du jour" in again and "Alimentation" in again


def test_ones_own_replaces_the_shipped_one_of_the_same_name(cabinet):
    browser = cabinet.client(cabinet.doctor)
    given = {
        "label": "Cardiologie : consultation",
        "reason": "cardio",
        "examination": "ECG :",
        "shared": "on",
    }
    assert browser.post("/dossier/trames/", given).status_code == 302
    assert browser.post("/dossier/trames/", {"label": ""}).status_code == 422
    page = browser.get("/dossier/trames/").content.decode()
    assert page.count("<strong>Cardiologie : consultation</strong>") == 1
    with cabinet.at_work(cabinet.doctor):
        assert ConsultationModel.objects.get().examination == "ECG :"


HEADINGS = {"Traitement :", "Surveillance :", "Prochain rendez-vous :"}


@pytest.mark.parametrize(
    ("typed", "signed"),
    [
        ("Traitement :\nSurveillance :\nProchain rendez-vous :", ""),
        ("Traitement : même\nSurveillance :\nProchain rendez-vous :", "Traitement : même"),
        ("Traitement :\nSurveillance : tension", "Surveillance : tension"),
        ("Traitement :\n- amlodipine : 5 mg\nSurveillance :", "Traitement :\n- amlodipine : 5 mg"),
        ("Traitement :\n\nmême\n\nSurveillance :\n", "Traitement :\n\nmême\n"),
        ("À noter :\nTraitement :", "À noter :"),
        ("", ""),
    ],
)
def test_a_heading_left_empty_goes_and_nothing_else(typed, signed):
    assert models_of_consultation.drop_empty(typed, HEADINGS) == signed.strip("\n")


def test_empty_headings_are_not_signed_and_a_page_of_headings_is_empty(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(patient.pk)}/dossier/consultation/"
    given = {"reason": "suivi", "conclusion": "Traitement : même\nSurveillance :\nProchain rendez-vous :"}
    assert browser.post(page, given).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        kept = selectors.last_content(keyring=keyring, patient_id=patient.pk, kind="consultation")
    assert kept.conclusion == "Traitement : même"
    empty = browser.post(page, {"conclusion": "Traitement :\nSurveillance :"})
    assert empty.status_code == 422 and "La consultation est vide" in empty.content.decode()


def test_the_measures_that_a_model_wants_come_first(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(patient.pk)}/dossier/consultation/"

    def first(path):
        return browser.get(path).content.decode().partition("Autres mesures")[0]

    assert 'name="m_temperature"' in first(page) and 'name="m_fundal_height"' not in first(page)
    wanted = first(f"{page}?trame=grossesse")
    assert 'name="m_fundal_height"' in wanted and 'name="m_temperature"' not in wanted
    refused = browser.post(page, {"wanted": "fundal_height,horoscope", "m_weight": "mille"})
    again = refused.content.decode().partition("Autres mesures")[0]
    assert refused.status_code == 422 and 'name="m_fundal_height"' in again
    given = {"label": "Diététique", "measures": ["waist", "weight"], "shared": "on"}
    assert browser.post("/dossier/trames/", given).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        own = ConsultationModel.objects.get()
    assert own.measures == ["weight", "waist"]
    assert 'name="m_waist"' in first(f"{page}?trame={encode(own.pk)}")
    assert browser.post("/dossier/trames/", {**given, "measures": ["horoscope"]}).status_code == 422


def test_only_ones_own_is_removed(cabinet):
    mine, other = cabinet.client(cabinet.doctor), cabinet.client(cabinet.colleague)
    mine.post("/dossier/trames/", {"label": "À moi", "shared": "on"})
    with cabinet.at_work(cabinet.doctor):
        key = encode(ConsultationModel.objects.get().pk)
    assert "d’un confrère du cabinet" in other.get("/dossier/trames/").content.decode()
    other.post("/dossier/trames/retirer/", {"trame": key})
    mine.post("/dossier/trames/retirer/", {"trame": "generale"})
    with cabinet.at_work(cabinet.doctor):
        assert ConsultationModel.objects.exists()
    mine.post("/dossier/trames/retirer/", {"trame": key})
    with cabinet.at_work(cabinet.doctor):
        assert not ConsultationModel.objects.exists()


def offered_on(text: str) -> dict[str, str]:
    """Address of each model that the page offers, by its name."""
    found = re.findall(r'href="(\?trame=[^"]*)">([^<]+)</a>', text)
    return {label: address.replace("&amp;", "&") for address, label in found}


DIABETES = {
    "label": "Suivi diabète",
    "examination": "Examen des pieds :",
    "shared": "on",
    "rows": "1",
    "c0-label": "Monofilament",
    "c0-part": "examination",
    "c0-type": "ST",
}


def test_the_models_that_the_page_offers_apply_by_its_own_links(cabinet):
    patient = cabinet.patient()
    mine, other = cabinet.client(cabinet.doctor), cabinet.client(cabinet.colleague)
    assert mine.post("/dossier/trames/", DIABETES).status_code == 302
    page = f"/patients/{encode(patient.pk)}/dossier/consultation/"
    for browser in (mine, other):
        before = browser.get(page).content.decode()
        links = offered_on(before)
        assert len(links) > 3 and "Suivi diabète" in links
        text = browser.get(f"{page}{links['Suivi diabète']}").content.decode()
        assert "Examen des pieds" in text and "Monofilament" in text
        for label, address in links.items():
            again = browser.get(f"{page}{address}").content.decode()
            assert 'name="a_0"' in again and 'name="a_0"' not in before, label


def test_a_model_that_is_gone_is_said(cabinet):
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(cabinet.patient().pk)}/dossier/consultation/"
    assert "Cette trame n’existe plus" in browser.get(f"{page}?trame={encode(12345)}").content.decode()
    assert "Cette trame n’existe plus" not in browser.get(page).content.decode()


def test_what_replaces_a_shipped_one_is_found_by_its_key(cabinet):
    with cabinet.at_work(cabinet.doctor):
        shipped = models_of_consultation.find(cabinet.doctor, "grossesse")
        models_of_consultation.keep(author=cabinet.doctor, label=shipped.label, shared=True, reason="suivi")
        found = models_of_consultation.find(cabinet.doctor, "grossesse")
    assert found.own and found.texts["reason"] == "suivi"
