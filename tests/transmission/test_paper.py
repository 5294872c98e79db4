"""On paper: the official form, its duplicates, a printer's offsets, the prescription that goes with it."""

from __future__ import annotations

import io

from pypdf import PdfReader

from serment.billing.payloads import ActLine
from serment.practice.models import Practice
from serment.transmission import sending
from serment.transmission.models import Attachment, PaperLayout
from serment.vault.ids import encode
from tests.transmission.conftest import ROOT, page_of, sheet_of, text


def pdf_text(response) -> str:
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_paper_is_the_way_of_a_real_practice(practice, browser):
    (claim,) = practice.claims(1)
    Practice.objects.filter(pk=practice.practice.pk).update(is_demo=False)
    page = text(browser.get(ROOT))
    assert "Aucun moteur homologué" in page and "Constituer les lots" not in page
    page = text(browser.get(page_of(claim)))
    assert "Signer" not in page and "Faire sur papier" in page
    assert "notée sur papier" in text(browser.post(f"{page_of(claim)}papier/", follow=True))
    printed = pdf_text(browser.get(f"{page_of(claim)}feuille.pdf"))
    assert "KERBRAT Anne" in printed and "30,00" in printed and "DUPLICATA" not in printed
    assert "DUPLICATA" in pdf_text(browser.get(f"{page_of(claim)}feuille.pdf?duplicata=1"))
    assert "Aucun moteur" in text(browser.post(f"{ROOT}signer/", follow=True))
    for name in ("envoi/suite", "retours/relever"):
        assert "Aucun transport" in text(browser.post(f"{ROOT}{name}/", follow=True))
    sheet = sheet_of(practice)
    browser.post(f"{ROOT}feuilles/{encode(sheet.pk)}/clore/", {"motif": "patient_pays"})
    assert sheet_of(practice).state == "closed"


def test_a_sheet_on_its_way_prints_as_a_duplicate_that_its_story_keeps(practice, browser):
    (claim,) = practice.claims(1)
    browser.post(f"{ROOT}signer/")
    assert "DUPLICATA" in pdf_text(browser.get(f"{page_of(claim)}feuille.pdf"))
    assert "duplicata imprimé" in text(browser.get(page_of(claim)))


def test_a_printer_s_offsets_move_the_ink(practice, browser):
    (claim,) = practice.claims(1)

    def where() -> tuple[float, float]:
        found = {}

        def seen(part, matrix, text_matrix, font, size):
            if "KERBRAT" in part:
                found["at"] = (text_matrix[4] + matrix[4], text_matrix[5] + matrix[5])

        content = browser.get(f"{page_of(claim)}feuille.pdf").content
        PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=seen)
        return found["at"]

    before = where()
    given = {"profession": "medecin", "printer": "Accueil", "right": "2,5", "down": "-1,0"}
    assert browser.post(f"{ROOT}papier/", given).status_code == 302
    after = where()
    assert after != before
    with practice.at_work(practice.doctor):
        assert (PaperLayout.objects.get().right, PaperLayout.objects.get().down) == (25, -10)
    assert browser.post(f"{ROOT}papier/", {**given, "right": "400"}).status_code == 422
    assert "Page de calage" in pdf_text(browser.get(f"{ROOT}papier/calage.pdf?profession=infirmier"))


SCAN = b"%PDF-1.7 ordonnance fictive"


def test_a_scan_is_joined_by_the_prescriber_and_sent_by_a_secretary_without_care(practice, browser):
    from serment.record import files as record_files

    (claim,) = practice.claims(1)
    browser.post(page_of(claim), {"insurance": "10"})
    sheet = sheet_of(practice)
    with practice.at_work(practice.doctor) as keyring:
        entry = record_files.keep(
            keyring=keyring,
            author=practice.doctor,
            patient_id=practice.insured.pk,
            data=SCAN,
            title="Ordonnance du 20",
            kind="scan",
            source="patient",
        )
    assert "Ordonnance du 20" in text(browser.get(page_of(claim)))
    path = f"{ROOT}feuilles/{encode(sheet.pk)}/joindre/"
    assert "Ordonnance jointe" in text(browser.post(path, {"document": str(entry.pk)}, follow=True))
    with practice.at_work(practice.doctor):
        row = Attachment.objects.get()
    desk = practice.client(practice.secretary)
    assert desk.get(f"{ROOT}pieces/{encode(row.pk)}/").content == SCAN, "no care key is needed"
    assert "Ordonnance du 20" not in text(desk.get(page_of(claim)))
    bad = io.BytesIO(b"\x00\x01 executable")
    bad.name = "x.pdf"
    assert "ni un PDF" in text(browser.post(path, {"fichier": bad}, follow=True))
    assert "Choisissez le fichier" in text(browser.post(path, follow=True))
    browser.post(f"{ROOT}signer/")
    with practice.at_work(practice.secretary) as keyring:
        (lot,) = practice.post(keyring, practice.secretary).prepare()
        assert sending.joined(keyring, lot) == [("application/pdf", SCAN)]
    parted = f"{ROOT}pieces/{encode(row.pk)}/retirer/"
    assert "partie avec sa pièce" in text(browser.post(parted, follow=True))


def test_more_acts_than_a_form_holds_go_on_over_another(practice, browser):
    acts = [ActLine(code=f"C{n}", label="soin", amount_cents=1000 + n) for n in range(1, 11)]
    (claim,) = practice.claims(1, lines=acts, excess_cents=500, excess_reason="DE")
    pages = PdfReader(io.BytesIO(browser.get(f"{page_of(claim)}feuille.pdf").content)).pages
    first, second = (page.extract_text() for page in pages)
    assert [f"C{n}" for n in range(1, 11) if f"C{n}" in first.split()] == [f"C{n}" for n in range(1, 9)]
    assert "C9" in second.split() and "C10" in second.split() and "C8" not in second.split()
    assert f"{claim.number} (1/2)" in first and f"{claim.number} (2/2)" in second
    assert "KERBRAT Anne" in second and "5,00" in first
    assert "85,36" in first and "20,19" in second, "each form bears the total of its own acts"
    assert claim.total_cents == 8536 + 2019
