"""The ordonnance by the keyboard: a renewal from an open record, a new line, an order of biology."""

from __future__ import annotations

import re

from tests.browser.conftest import serious_violations
from tests.browser.steps import open_record


def _at(page_for, path: str, size: str = "desktop"):
    """The doctor's page of the same patient, at that place."""
    page = page_for("camille.aubry", size)
    page.goto(f"{open_record(page, 'POULICHET')}{path}")
    return page


def test_a_renewal_is_signed_in_two_gestures_of_the_keyboard(page_for):
    page = _at(page_for, "/dossier/")
    page.wait_for_selector("[data-key=r]")
    page.keyboard.press("r")
    page.wait_for_url(re.compile("ordonnances/nouvelle"))
    page.wait_for_selector("[data-line]")
    assert page.evaluate("document.activeElement.textContent").strip() == "Signer l’ordonnance"
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert page.get_by_role("link", name="Imprimer (PDF)").is_visible()
    assert not page.errors


def test_a_medicine_is_found_added_and_its_dose_is_under_the_hand(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/")
    page.wait_for_selector("#drug:focus")
    page.keyboard.type("metfo")
    page.wait_for_selector("#found button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    page.wait_for_function("document.activeElement.name === 'dose'")
    assert page.input_value("#drug") == "" and page.locator("#found button").count() == 0
    page.wait_for_selector("#alerts .alert, #alerts details")
    assert "fonction rénale" in page.inner_text("#alerts")
    assert not serious_violations(page) and not page.errors


def test_an_order_of_biology_on_a_phone(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/", "phone")
    page.select_option("#kind-pick", label="Biologie médicale")
    page.wait_for_url(re.compile("ordonnances/demande"))
    assert "biology" not in page.url
    page.wait_for_selector("#words:focus")
    page.keyboard.type("nfs")
    page.keyboard.press("Enter")  # before the list is there: the first of it is meant all the same
    page.wait_for_selector("[data-line]")
    page.wait_for_selector("#words:focus:placeholder-shown")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not serious_violations(page)
    page.get_by_role("button", name="Signer").click()
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert "NABM 1104" in page.inner_text("#content") and not page.errors


def test_enter_takes_the_first_suggestion_and_shift_enter_the_words(page_for):
    page = _at(page_for, "/ordonnances/demande/")
    page.wait_for_selector("#words:focus")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    first = page.locator("#found .first-choice strong").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    assert page.input_value("[data-line] [name=text]") == first
    page.wait_for_selector("#words:focus:placeholder-shown")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("[data-line] ~ [data-line]")
    page.wait_for_selector("#words:focus:placeholder-shown")
    assert page.locator("[data-line] [name=text]").nth(1).input_value() == "creat"
    page.keyboard.type("zzzzqq")
    page.keyboard.press("Enter")  # nothing of that name: the words are kept
    page.wait_for_selector("[data-line] ~ [data-line] ~ [data-line]")
    assert not page.errors


def test_the_arrows_choose_another_suggestion(page_for):
    page = _at(page_for, "/ordonnances/demande/")
    page.wait_for_selector("#words:focus")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    second = page.locator("#found button strong").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    assert page.input_value("[data-line] [name=text]") == second


def test_enter_ticks_a_coded_problem_of_the_consultation_and_an_allergys_substance(page_for):
    page = _at(page_for, "/dossier/consultation/")
    page.fill("#coded", "")
    page.locator("#coded").press_sequentially("asthm")
    page.keyboard.press("Enter")
    page.wait_for_selector("#coded-found input:checked")
    assert page.input_value("#coded") == "" and page.url.endswith("/consultation/")
    page.goto(page.url.replace("consultation/", ""))
    page.get_by_role("link", name="+ Allergie").click()
    page.wait_for_selector("#quick-add form")
    page.locator("#quick-add input[name=substance]").press_sequentially("amoxi")
    page.keyboard.press("Enter")
    page.wait_for_selector("#picks input:checked")
    assert page.locator("#quick-add form").count() == 1, "the first Enter chooses, it does not send"
    assert not page.errors
