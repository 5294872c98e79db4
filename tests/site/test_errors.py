"""Refusals: French, complete, and without anything technical."""

from __future__ import annotations

import json
from functools import partial

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import RequestFactory

from serment.site import errors

PAGES = [
    (errors.bad_request, 400),
    (errors.csrf_failure, 403),
    (errors.forbidden, 403),
    (errors.not_found, 404),
    (errors.conflict, 409),
    (partial(errors.bad_request, exception=RequestDataTooBig()), 413),
    (errors.server_error, 500),
]
TECHNICAL = ("Traceback", "Exception", "CSRF", "Error", "Forbidden", "Not Found", "django")
CARE = ("allergie", "diagnostic", "traitement", "ordonnance", "consultation", "médicament")


@pytest.mark.parametrize("view, status", PAGES)
def test_page_says_what_happened_what_was_kept_and_what_to_do(view, status: int) -> None:
    response = view(RequestFactory().get("/patients/xyz/"))
    html = response.content.decode()
    assert response.status_code == status
    assert 'lang="fr"' in html
    for word in (*TECHNICAL, *CARE):
        assert word not in html
    assert "/patients/xyz/" not in html
    assert 'href="/"' in html


@pytest.mark.parametrize("view, status", PAGES)
def test_scripts_get_the_sentence_as_json(view, status: int) -> None:
    response = view(RequestFactory().post("/x/", headers={"accept": "application/json"}))
    assert response.status_code == status
    assert json.loads(response.content)["error"].endswith(".")


@pytest.mark.parametrize("view, status", PAGES[:-1])
def test_htmx_gets_a_toast_and_no_page(view, status: int) -> None:
    response = view(RequestFactory().post("/x/", headers={"hx-request": "true"}))
    assert response.status_code == status
    assert response.content == b""
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast["level"] == "danger"
    assert "modifi" in toast["text"] or "gardée" in toast["text"] or "enregistré" in toast["text"]


def test_each_refusal_has_its_three_sentences() -> None:
    refusals = [value for value in vars(errors).values() if isinstance(value, errors.Refusal)]
    assert len(refusals) >= 8
    for refusal in refusals:
        for sentence in (refusal.happened, refusal.kept, refusal.todo):
            assert sentence.endswith("."), refusal.title
            assert sentence[0].isupper(), refusal.title


def test_server_error_needs_neither_session_nor_database(django_assert_num_queries, db) -> None:
    with django_assert_num_queries(0):
        response = errors.server_error(RequestFactory().get("/"))
    assert "Problème du logiciel" in response.content.decode()
