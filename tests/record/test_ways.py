"""A consultation may begin from a model: shipped, or one's own."""

from __future__ import annotations

from serment.record.models import ConsultationModel
from serment.vault.ids import encode


def test_a_shipped_model_fills_an_empty_page_and_never_a_draft(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = f"/patients/{encode(patient.pk)}/dossier/consultation/"
    assert "Commencer d’une trame" in browser.get(page).content.decode()
    filled = browser.get(f"{page}?trame=s1").content.decode()
    assert "Fontanelle, tonus" in filled and "examen de l’enfant" in filled
    data = {"history": "déjà écrit", "page": "", "opened": "2020-01-01T00:00:00+00:00"}
    browser.post(f"{page}brouillon/", data)
    again = browser.get(f"{page}?trame=s1").content.decode()
    assert "déjà écrit" in again and "Fontanelle" not in again


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
    assert page.count("Cardiologie : consultation") == 1
    with cabinet.at_work(cabinet.doctor):
        assert ConsultationModel.objects.get().examination == "ECG :"
