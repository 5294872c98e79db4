"""An ordonnance is signed by a script: a session that ends on the way, or a refusal, loses no line."""

from __future__ import annotations

from tests.browser.steps import calm, open_record
from tests.browser.test_session import end_session

MEANT = ("401", "403", "422", "htmx:sendAbort")
"""Answers that these tests ask for, and the checks that the page's departure cuts short."""


def quiet(page) -> None:
    page.errors = [error for error in page.errors if not any(word in error for word in MEANT)]
    calm(page)


def written(page) -> None:
    """An ordonnance of one line of words, not signed yet."""
    open_record(page, "MAZURIER Rozenn")
    page.goto(f"{page.url.rstrip('/').removesuffix('/dossier')}/ordonnances/nouvelle/")
    page.wait_for_selector("#ordonnance")
    page.locator("[name=free]").last.fill("Boire abondamment")


def test_lines_are_kept_when_the_session_ends_under_the_signature(page_for):
    page = page_for("camille.aubry")
    written(page)
    cookies = page.context.cookies()
    end_session(page)
    page.get_by_role("button", name="Signer l’ordonnance").click()
    link = page.get_by_role("link", name="Se reconnecter dans un autre onglet")
    link.wait_for()
    page.context.clear_cookies()
    page.context.add_cookies([one for one in cookies if "csrf" not in one["name"]])
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_selector("#content h1")
    page.get_by_role("button", name="Signer l’ordonnance").wait_for()
    assert page.locator("[name=free]").last.input_value() == "Boire abondamment"
    page.get_by_role("button", name="Signer l’ordonnance").click()
    page.wait_for_selector("h1:has-text('Ordonnance n°')")
    assert "Boire abondamment" in page.inner_text("main")
    quiet(page)


def test_a_wrong_number_is_said_at_its_field_without_leaving_the_page(page_for):
    page = page_for("camille.aubry")
    written(page)
    with page.expect_response("**/medicaments/chercher/"):
        page.fill("#drug", "doxycycline")
    page.wait_for_selector("#found button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=dose]:focus")
    page.fill("[name=dose]", "nan")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[name=dose][aria-invalid=true]:focus")
    assert page.locator("[name=free]").first.input_value() == "Boire abondamment"
    page.fill("[name=dose]", "1/2")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("h1:has-text('Ordonnance n°')")
    assert "½ " in page.inner_text("main")
    quiet(page)
