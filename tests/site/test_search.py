"""The search field: patients for whoever may see them, pages for whoever may open them."""

from __future__ import annotations

from django.urls import reverse

HTMX = {"HX-Request": "true"}


def ask(client, text: str) -> str:
    response = client.post(reverse("site:search"), {"q": text}, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def test_never_by_get(cabinet) -> None:
    assert cabinet.client(cabinet.doctor).get(reverse("site:search"), {"q": "lestrange"}).status_code == 405


def test_finds_a_patient_as_typed(cabinet) -> None:
    cabinet.patient()
    html = ask(cabinet.client(cabinet.secretary), "lestr")
    assert 'role="option"' in html
    assert "17/05/1984" in html


def test_one_letter_opens_no_patient(cabinet) -> None:
    cabinet.patient()
    assert "17/05/1984" not in ask(cabinet.client(cabinet.secretary), "l")


def test_who_may_not_see_patients_finds_none(cabinet) -> None:
    cabinet.patient()
    html = ask(cabinet.client(cabinet.technician), "lestrange")
    assert "lestrange" not in html.lower()
    assert "17/05/1984" not in html


def test_finds_pages_actions_and_help(cabinet) -> None:
    html = ask(cabinet.client(cabinet.doctor), "nouv pat")
    assert reverse("patients:new") in html
    assert reverse("site:help_page", args=["clavier"]) in ask(cabinet.client(cabinet.doctor), "raccourcis")


def test_pages_that_are_not_permitted_are_not_offered(cabinet) -> None:
    assert reverse("patients:new") not in ask(cabinet.client(cabinet.technician), "nouveau patient")


def test_nothing_found_says_so(cabinet) -> None:
    assert "Rien ne correspond" in ask(cabinet.client(cabinet.doctor), "zzzzzz")


def test_without_scripts_it_is_a_page(cabinet) -> None:
    cabinet.patient()
    response = cabinet.client(cabinet.secretary).post(reverse("site:search"), {"q": "lestrange"})
    html = response.content.decode()
    assert "<!doctype html>" in html
    assert "lestrange" not in html[: html.index("</title>")].lower()
