"""A photo from a phone, end to end: the code is read off the practitioner's screen, sent by a phone without a session."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.browser.conftest import SIZES, serious_violations

zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp absent : le code affiché ne peut pas être lu")


def read_code(page) -> str:
    shot = Image.open(io.BytesIO(page.locator(".capture-qr svg").screenshot())).convert("L")
    (found,) = zxingcpp.read_barcodes(shot)
    return found.text


@pytest.fixture
def phone(chromium, server):
    width, height = SIZES["phone"]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, base_url=server, has_touch=True
    )
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def a_picture(colour: str) -> dict:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Appareil-zygomatique"
    Image.new("RGB", (3000, 2000), colour).save(out, "JPEG", exif=exif)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_the_code_is_read_the_photo_arrives_and_is_kept(page_for, phone, server):
    page = page_for("camille.aubry")
    page.goto("/patients/")
    page.locator("a.patient-row").first.click()
    page.get_by_role("link", name="Dossier", exact=True).first.click()
    page.get_by_role("link", name="Document", exact=True).click()
    page.get_by_role("button", name="Photographier avec un téléphone").click()
    page.wait_for_selector(".capture-qr svg")
    assert not serious_violations(page)
    code = read_code(page)
    address, _, fragment = code.partition("#")
    assert address.endswith("/photo/") and len(fragment) > 40

    phone.goto(f"{server}/photo/#{fragment}")
    phone.wait_for_selector("[data-ready]:not([hidden])")
    assert "#" not in phone.url, "the secret does not stay in the address"
    assert not serious_violations(phone)
    phone.set_input_files("#shot", a_picture("teal"))
    phone.wait_for_selector(".capture-ok")
    secret = fragment.partition(".")[2]
    assert not any(secret in url.partition("#")[0] for url in phone.asked)

    page.wait_for_selector(".photo-list img", timeout=15_000)
    phone.reload()
    phone.wait_for_selector("[data-ready]:not([hidden])")
    phone.set_input_files("#shot", a_picture("brown"))
    phone.wait_for_selector(".capture-ok")
    page.locator(".photo-list img").nth(1).wait_for(timeout=15_000)
    raw = page.request.get(page.locator(".photo-list img").first.get_attribute("src")).body()
    assert b"zygomatique" not in raw and max(Image.open(io.BytesIO(raw)).size) == 2200

    page.get_by_label("Titre").fill("Plaie du genou")
    page.get_by_role("button", name="Garder", exact=True).click()
    page.wait_for_selector("h1:has-text('Plaie du genou')")
    assert page.locator("img.document-page").count() == 2
    first = page.locator("img.document-page").first
    first.evaluate("image => image.decode()")
    assert first.evaluate("image => image.naturalWidth") == 1240
    phone.get_by_role("button", name="Terminer").click()
    assert "fini" in phone.inner_text("[data-state]")
    assert not page.errors


def test_a_code_that_served_opens_nothing(page_for, phone, server):
    phone.goto(f"{server}/photo/#06zaesyedv214.{'a' * 43}")
    phone.locator("[data-state]", has_text="plus valable").wait_for()
    assert phone.locator("[data-ready]").is_hidden()


def test_a_refused_document_keeps_the_chosen_file(page_for):
    page = page_for("camille.aubry", "phone")
    page.goto("/patients/")
    page.locator("a.patient-row").first.click()
    page.get_by_role("link", name="Dossier", exact=True).first.click()
    page.get_by_role("link", name="Document", exact=True).click()
    page.set_input_files("#id_file", a_picture("navy"))
    page.get_by_label("Titre").fill("Radio du pied")
    page.get_by_role("button", name="Garder", exact=True).click()
    page.wait_for_selector("#id_source-erreur")
    assert page.input_value("#id_title") == "Radio du pied"
    assert page.evaluate("document.querySelector('#id_file').files.length") == 1
    assert "Choisir" in page.inner_text("#id_kind option:checked"), "no kind is guessed"
    page.get_by_label("Nature").select_option("imaging")
    page.get_by_label("Reçu de").fill("le patient")
    page.get_by_role("button", name="Garder", exact=True).click()
    page.wait_for_selector("h1:has-text('Radio du pied')")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
