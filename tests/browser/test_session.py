"""A session that ends under a page being filled in: nothing typed is lost, and the same person alone takes it up."""

from __future__ import annotations

from tests.browser.steps import calm, open_record


def note_an_allergy(page) -> None:
    """The quick addition of the record, filled in and not sent."""
    open_record(page, "MAZURIER Rozenn")
    page.locator("a[hx-target='#quick-add']", has_text="Allergie").click()
    page.wait_for_selector("[name=substance]:focus")
    with page.expect_response("**/substances/"):
        page.fill("[name=substance]", "latex")


def end_session(page) -> None:
    """As the server does at the end of its time: what is left is the token of the forms."""
    left = [one for one in page.context.cookies() if "csrf" in one["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(left)


def test_what_was_typed_is_saved_after_signing_in_again_in_another_tab(page_for):
    page = page_for("camille.aubry")
    note_an_allergy(page)
    cookies = page.context.cookies()
    end_session(page)
    page.keyboard.press("Control+Enter")
    link = page.get_by_role("link", name="Se reconnecter dans un autre onglet")
    link.wait_for()
    assert not page.locator("[name=substance]").is_visible()
    page.context.clear_cookies()
    page.context.add_cookies([one for one in cookies if "csrf" not in one["name"]])
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_selector("#content h1")
    page.wait_for_selector("[name=substance]:focus")
    assert page.input_value("[name=substance]") == "latex" and not link.is_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[name=substance]", state="detached")
    assert "latex" in page.inner_text("main").lower()
    page.errors = [error for error in page.errors if "401" not in error]
    calm(page)


def test_another_person_signing_in_gives_nothing_to_the_page(page_for):
    other = page_for("nolwenn.jego").context.cookies()
    page = page_for("camille.aubry")
    note_an_allergy(page)
    end_session(page)
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="Se reconnecter dans un autre onglet").wait_for()
    page.context.clear_cookies()
    page.context.add_cookies(other)
    beside = page.context.new_page()
    beside.goto("/")
    beside.wait_for_selector("#content h1")
    page.wait_for_timeout(500)
    assert page.get_by_role("link", name="Se reconnecter dans un autre onglet").is_visible()
    assert not page.locator("[name=substance]").is_visible()
    token = page.evaluate("document.querySelector('meta[name=csrf-token]').content")
    assert token != beside.evaluate("document.querySelector('meta[name=csrf-token]').content")
