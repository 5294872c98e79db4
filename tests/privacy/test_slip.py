"""The confirmation carries the notice the first time, and keeps the proof (R8.6)."""

from __future__ import annotations

import email
import email.policy
import html
import re
from urllib.parse import unquote

import pytest
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.privacy.models import NoticeHanding
from serment.vault.ids import encode
from tests.documents.samples import text_of
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_the_first_confirmation_carries_the_notice_the_next_does_not(world):
    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor):
        NoticeHanding.objects.all().delete()
    browser = cabinet.client(cabinet.secretary)
    address = f"/vie-privee/rendez-vous/{encode(world.sample('appointment_id'))}/confirmation/"
    first, second = browser.post(address).content, browser.post(address).content
    assert first.startswith(b"%PDF") and len(first) > len(second)
    with cabinet.at_work(cabinet.doctor):
        rows = list(NoticeHanding.objects.all())
    assert [(row.how, timezone.localdate(row.at)) for row in rows] == [("slip", timezone.localdate())]


def test_the_first_mail_carries_the_notice_and_neither_name_nor_reason(world):
    """The draft is addressed to the patient; nothing says who they are nor why they come (R8.6)."""
    cabinet = world.cabinet
    row = world.sample("appointment_id")
    browser, address = cabinet.client(cabinet.secretary), f"/vie-privee/rendez-vous/{encode(row)}/courriel/"
    assert "mailto:" not in browser.get(address).content.decode(), (
        "the notice cannot be joined to a bare link"
    )
    answer = browser.post(f"{address}brouillon.eml")
    assert answer["Content-Type"] == "message/rfc822"
    draft = email.message_from_bytes(answer.content, policy=email.policy.default)
    [joined] = draft.iter_attachments()
    paper = joined.get_content()
    assert draft["To"] == "theodorine@example.fr" and draft["X-Unsent"] == "1" and paper.startswith(b"%PDF")
    said = f"{draft['Subject']} {draft.get_body().get_content()} {text_of(paper)}"
    with cabinet.at_work(cabinet.doctor):
        kind = Appointment.objects.select_related("type").get(pk=row).type.label
        assert [found.how for found in NoticeHanding.objects.all()] == ["email"], "the proof of the handing"
    for word in ("Quillivéré", "Théodorine", "photophobie", kind):
        assert word not in said
    assert "notice" in said and "faire corriger" in said, "the paper joined is the notice itself"
    [link] = re.findall(r'href="(mailto:[^"]+)"', browser.get(address).content.decode())
    again = unquote(html.unescape(link))
    assert again.startswith("mailto:theodorine@example.fr?") and "notice" not in again
    browser.post(f"{address}brouillon.eml")
    with cabinet.at_work(cabinet.doctor):
        assert NoticeHanding.objects.count() == 1, "handed once"


def test_awareness_is_noted_with_who_took_part(world):
    cabinet = world.cabinet
    browser = cabinet.client(cabinet.doctor)
    data = {"held_on": "2026-01-05", "topic": "hameçonnage", "people": [encode(cabinet.secretary.pk)]}
    assert browser.post("/vie-privee/charte/sensibilisation/", data).status_code == 302
    page = browser.get("/vie-privee/charte/").content.decode()
    assert "hameçonnage" in page and cabinet.secretary.display_name in page
    data["held_on"] = "2999-01-05"
    assert browser.post("/vie-privee/charte/sensibilisation/", data).status_code == 422
