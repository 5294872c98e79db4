"""The shell in real answers: who sees what, no name in titles, help for everyone."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from serment.site.help import TOPICS


@pytest.mark.parametrize("topic", [topic.code for topic in TOPICS])
def test_every_help_page_opens_signed_out(client: Client, db, topic: str) -> None:
    response = client.get(reverse("site:help_page", args=[topic]))
    assert response.status_code == 200
    assert "<nav" not in response.content.decode()


def test_unknown_help_topic_is_a_french_404(client: Client, db) -> None:
    response = client.get("/aide/nimporte-quoi/")
    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


def test_help_inside_the_shell_has_bar_lock_and_search(cabinet) -> None:
    html = cabinet.client(cabinet.doctor).get(reverse("site:help")).content.decode()
    assert 'aria-label="Menu principal"' in html
    assert "data-lock-form" in html
    assert 'role="combobox"' in html
    assert f'data-idle-seconds="{cabinet.practice.idle_minutes * 60}"' in html
    title = re.search(r"<title>(.*?)</title>", html)
    assert title
    assert title[1] == "Aide – Serment"


def test_no_inline_script_anywhere(cabinet) -> None:
    html = cabinet.client(cabinet.doctor).get(reverse("site:help")).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html


def test_bar_of_the_technician_hides_patients(cabinet) -> None:
    html = cabinet.client(cabinet.technician).get(reverse("site:help")).content.decode()
    bar = html[html.index("sidebar-list") : html.index("</nav>")]
    assert "Patients" not in bar
    assert "Agenda" not in bar


def test_demo_banner_only_in_the_demonstration(cabinet, settings) -> None:
    page = cabinet.client(cabinet.secretary)
    settings.DEMO = False
    assert "données fictives" not in page.get("/aide/").content.decode()
    settings.DEMO = True
    assert "Démonstration – données fictives" in page.get("/aide/").content.decode()


def test_presence_needs_a_session_and_a_post(cabinet, client: Client) -> None:
    assert cabinet.client(cabinet.secretary).post(reverse("site:alive")).status_code == 204
    assert cabinet.client(cabinet.secretary).get(reverse("site:alive")).status_code == 405
    assert client.post(reverse("site:alive")).status_code in (302, 401)


def test_shell_costs_no_query_of_its_own(cabinet, django_assert_max_num_queries) -> None:
    page = cabinet.client(cabinet.doctor)
    page.get(reverse("site:help"))
    with django_assert_max_num_queries(4):
        page.get(reverse("site:help"))
