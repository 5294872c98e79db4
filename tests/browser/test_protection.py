"""Rights, durations, operations and conformity, driven in Chromium; axe on every page, at both widths."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from tests.browser.test_day import calm

PAGES = (
    "/conformite/",
    "/conformite/attester/P-LOC-1/",
    "/vie-privee/",
    "/vie-privee/registre/",
    "/vie-privee/registre/rendez_vous/",
    "/vie-privee/notice/",
    "/vie-privee/demandes/",
    "/vie-privee/sous-traitants/nouveau/",
    "/vie-privee/violations/nouvelle/",
    "/vie-privee/reglages/",
    "/exploitation/",
    "/exploitation/interventions/ouvrir/",
    "/durees/",
    "/durees/archives/",
    "/durees/detruire/",
    "/equipe/revue/",
)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_page_of_protection_is_calm(page_for, size):
    page = page_for("camille.aubry", size)
    for path in PAGES:
        assert page.goto(path).status == 200, path
        calm(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def open_patient(page) -> str:
    page.goto("/patients/")
    page.fill("#q", "poulichet")
    page.locator("#results a", has_text="POULICHET").first.click()
    page.wait_for_selector(".patient-banner")
    return re.search(r"/patients/(\w{13})/", page.url)[1]


def test_a_patient_freezes_their_data_and_takes_a_copy(page_for):
    page = page_for("camille.aubry")
    patient = open_patient(page)
    page.get_by_role("link", name="Droits").click()
    page.get_by_role("button", name="Noter la remise de la notice").click()
    page.wait_for_selector("text=affiche vue au cabinet (")
    page.get_by_role("link", name="Noter une demande").click()
    page.select_option("#id_kind", "limitation")
    page.fill("#id_asked", "Je conteste une date.")
    calm(page)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Ouvrir").click()
    page.select_option("#id_state", "granted")
    page.fill("#id_answer", "Vos données sont gelées le temps de vérifier.")
    page.get_by_role("button", name="Répondre").click()
    page.wait_for_selector(".patient-banner >> text=Données gelées")
    calm(page)
    refused = page.goto(f"/patients/{patient}/dossier/consultation/")
    assert refused.status == 200, "the practitioner still reads"
    page.goto(f"/vie-privee/patients/{patient}/copie/")
    secret = page.inner_text("code")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger le fichier chiffré").click()
    content = Path(waiting.value.path()).read_bytes()
    with pikepdf.open(io.BytesIO(content), password=secret) as pdf:
        assert "dossier.json" in pdf.attachments
    page.goto(f"/vie-privee/patients/{patient}/")
    page.get_by_role("button", name="Lever").click()
    page.wait_for_selector("text=levée le")
    page.errors.clear()
