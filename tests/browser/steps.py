"""What several tests of the browser do: open a record, go from one field to the next, look whether the page is calm."""

from __future__ import annotations

import re

from tests.browser.conftest import serious_violations

FOCUSED = "[document.activeElement.name || '', document.activeElement.innerText || '']"
WIDE = 60
"""Presses of Tab after which something is out of reach."""


def open_record(page, name: str) -> str:
    """By the search, as people do; gives the address of the patient's pages, « /patients/… »."""
    page.goto("/patients/")
    page.fill("#q", name)
    page.locator("#results a", has_text=re.compile(name, re.I)).first.click()
    page.wait_for_selector(".patient-banner")
    return re.search(r"/patients/[0-9a-z]+", page.url)[0]


def focused(page) -> tuple[str, str]:
    """(name, text) of what has the focus."""
    name, text = page.evaluate(FOCUSED)
    return name, text.strip()


def tab_to(page, name: str = "", text: str = "") -> None:
    """Tab until the field of that name, or the link of that text, has the focus."""
    for _ in range(WIDE):
        page.keyboard.press("Tab")
        if (name and focused(page)[0] == name) or (text and focused(page)[1] == text):
            return
    raise AssertionError(f"{name or text} is out of reach of Tab")


def calm(page) -> None:
    """Nothing broke in the page, and axe finds nothing serious."""
    assert not page.errors, page.errors
    assert not serious_violations(page), serious_violations(page)
