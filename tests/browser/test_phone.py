"""On a phone nothing a person needs is off the screen: wide tables become lists, the agenda opens on the day."""

from __future__ import annotations

import pytest

WIDTH = 390
PAGES = (
    "/agenda/salle-d-attente/",
    "/agenda/feuille/",
    "/agenda/reglages/",
    "/durees/",
    "/journal/",
    "/equipe/",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_gesture_and_no_cell_is_cut_at_phone_width(page_for, path):
    page = page_for("camille.aubry", "phone")
    page.goto(path)
    page.wait_for_function("document.readyState === 'complete'")
    hidden = page.evaluate(
        "width => [...document.querySelectorAll('main :is(a.btn, button, td)')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().right > width + 1)"
        ".map(e => e.textContent.trim().slice(0, 30))",
        WIDTH,
    )
    assert hidden == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


def test_the_agenda_of_a_phone_opens_on_today(page_for):
    from datetime import date

    from serment.formats import dates

    page = page_for("camille.aubry", "phone")
    page.goto("/agenda/")
    page.wait_for_selector(".agenda-title")
    shown = page.inner_text(".agenda-title").lower()
    assert shown == dates.long(date.today()).lower().replace("\u00a0", " ")
