"""The quotation page in a real browser: proposed, added by search, confirmed, established; the consultation's panel."""

from __future__ import annotations

import pytest

from tests.browser.conftest import serious_violations

PATIENT = "lestrange elouan"


def open_record(page) -> str:
    page.goto("/patients/")
    page.fill("#q", PATIENT)
    page.locator("#results a", has_text="LESTRANGE Elouan").first.click()
    page.wait_for_selector(".patient-banner")
    return "/patients/" + page.url.split("/patients/")[1].split("/")[0]


def calm(page) -> None:
    assert serious_violations(page) == []
    assert page.errors == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_act_is_found_confirmed_and_established(page_for, size):
    page = page_for("camille.aubry", size)
    base = open_record(page).replace("/patients/", "/facturation/patients/")
    page.goto(f"{base}/nouvelle/")
    page.wait_for_selector("#act-rows >> text=acte principal")
    page.wait_for_selector("#priced >> text=30,00")
    calm(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.fill("#act-search", "electro")
    page.locator("#act-found button", has_text="DEQP003").click()
    page.wait_for_selector("#priced >> text=44,52")
    page.wait_for_selector("#priced >> text=avec la consultation")
    box = page.locator("#priced label", has_text="tarif exact")
    if box.count():
        box.first.locator("input").check()
    page.get_by_label("Retirer DEQP003").click()
    page.wait_for_selector("#priced >> text=44,52", state="detached")
    calm(page)
    page.get_by_role("button", name="Établir et encaisser").click()
    page.wait_for_selector("h1 >> text=Facture n°")
    assert "30,00" in page.inner_text("main")


def test_quote_and_close_without_leaving_the_consultation(page_for):
    page = page_for("camille.aubry")
    base = open_record(page)
    page.goto(f"{base}/dossier/consultation/")
    page.fill("#id_reason", "fièvre depuis hier")
    page.get_by_role("button", name="Honoraires, sans quitter").click()
    page.wait_for_selector("#quotation #priced >> text=30,00")
    page.locator("#quotation input[name=mode][value='']").check()
    page.get_by_role("button", name="Établir et encaisser").click()
    page.wait_for_selector("#fees >> text=établie")
    assert page.input_value("#id_reason") == "fièvre depuis hier"
    calm(page)


def test_the_tariffs_page_fits_a_phone(page_for):
    page = page_for("camille.aubry", "phone")
    page.goto("/facturation/tarifs/")
    page.wait_for_selector("text=source secondaire")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    calm(page)


def test_one_gesture_adds_all_that_the_session_opens(page_for):
    page = page_for("lea.guillou")
    base = open_record(page).replace("/patients/", "/facturation/patients/")
    page.goto(f"{base}/nouvelle/")
    page.select_option("select[name=place]", "home")
    page.fill("#act-search", "ami")
    page.locator("#act-found button", has_text="AMI acte infirmier").first.click()
    page.wait_for_selector("#priced >> text=+ IFD")
    page.wait_for_selector("#priced >> text=+ MAU")
    page.keyboard.press("Alt+t")
    page.wait_for_selector("#act-rows >> text=IFD")
    page.wait_for_selector("#act-rows >> text=MAU")
    page.wait_for_selector("#priced >> text=2,75")
    calm(page)


def test_a_favourite_is_taken_by_one_key(page_for):
    page = page_for("lea.guillou")
    base = open_record(page).replace("/patients/", "/facturation/patients/")
    page.goto(f"{base}/nouvelle/")
    page.fill("#act-search", "ami")
    page.locator("#act-found button", has_text="AMI acte infirmier").first.click()
    page.wait_for_selector("#act-rows >> text=AMI")
    page.get_by_text("Garder ces actes en favori").click()
    page.fill("input[name=nom]", "Passage du matin")
    page.get_by_role("button", name="Garder", exact=True).click()
    page.wait_for_selector("#favourites >> text=Passage du matin")
    page.get_by_label("Retirer AMI").click()
    page.wait_for_selector("#act-rows >> text=AMI", state="detached")
    page.focus("#act-search")
    page.keyboard.press("Alt+1")
    page.wait_for_selector("#act-rows >> text=Passage du matin")
    calm(page)
