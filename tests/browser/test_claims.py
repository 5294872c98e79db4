"""The board of the feuilles de soins by keyboard, and a departure that shows its progress and survives a reload."""

from __future__ import annotations

import re

from tests.browser.conftest import serious_violations

BOARD = "/teletransmission/"


def column(page, code: str) -> int:
    return int(re.search(r"\((\d+)\)", page.inner_text(f"#c-{code}")).group(1))


def test_the_board_is_walked_signed_and_sent_by_keyboard(page_for):
    page = page_for("camille.aubry")
    page.goto(BOARD)
    assert "SIMULATEUR" in page.inner_text("main") and serious_violations(page) == []
    to_sign = column(page, "sign")
    assert to_sign > 2
    cards = page.locator("section:has(#c-sign) [data-card]")
    cards.nth(1).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.href") == cards.nth(2).evaluate("e => e.href")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('section').querySelector('h2').id") != "c-sign"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/factures/**")
    assert "Histoire" in page.inner_text("main") and serious_violations(page) == []
    page.goto(BOARD)
    page.locator("[data-card]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("s")
    assert column(page, "sign") <= 1, "a draft may wait"
    ready = column(page, "send")
    page.goto(f"{BOARD}envoi/")
    page.reload()
    assert page.locator("progress").count() == 1
    page.get_by_role("button", name=re.compile("Continuer|Envoyer")).first.click()
    page.wait_for_selector("text=Tout est parti")
    assert page.locator("progress").get_attribute("value") == "100" and ready > 0
    page.reload()
    assert "Tout est parti" in page.inner_text("main") and serious_violations(page) == []
    page.goto(BOARD)
    assert column(page, "send") == 0 and column(page, "sent") >= ready
    page.locator("[data-card]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("r")
    assert "Retours" in page.inner_text("main h1")


def test_nothing_is_cut_on_a_phone(page_for):
    page = page_for("camille.aubry", "phone")
    page.goto(BOARD)
    first = page.locator("[data-card]").first.get_attribute("href")
    for path in (BOARD, f"{BOARD}envoi/", f"{BOARD}retours/", f"{BOARD}papier/", f"{BOARD}reglages/", first):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert serious_violations(page) == [], path
