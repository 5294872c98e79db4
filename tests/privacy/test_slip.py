"""The confirmation carries the notice the first time, and keeps the proof (R8.6)."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import pytest
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.privacy import notice
from serment.privacy.models import NoticeHanding
from serment.vault.ids import encode
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


def test_the_mail_program_opens_without_name_nor_reason(world):
    """The address is the patient's; nothing says who they are nor why they come."""
    cabinet = world.cabinet
    row = world.sample("appointment_id")
    page = cabinet.client(cabinet.secretary).get(f"/vie-privee/rendez-vous/{encode(row)}/courriel/")
    text = page.content.decode()
    [link] = re.findall(r'href="(mailto:[^"]+)"', text)
    said = unquote(html.unescape(link))
    assert said.startswith("mailto:theodorine@example.fr?") and "Votre rendez-vous du" in said
    with cabinet.at_work(cabinet.doctor):
        kind = Appointment.objects.select_related("type").get(pk=row).type.label
    for word in ("Quillivéré", "Théodorine", "photophobie", kind):
        assert word not in said
    assert "notice" in said
    with cabinet.at_work(cabinet.doctor):
        notice.hand(
            author=cabinet.doctor,
            patient_id=world.sample("patient_id"),
            how="leaflet",
            practice=cabinet.practice,
        )
    again = cabinet.client(cabinet.secretary).get(f"/vie-privee/rendez-vous/{encode(row)}/courriel/")
    assert "notice" not in unquote(re.findall(r'href="(mailto:[^"]+)"', again.content.decode())[0])


def test_awareness_is_noted_with_who_took_part(world):
    cabinet = world.cabinet
    browser = cabinet.client(cabinet.doctor)
    data = {"held_on": "2026-01-05", "topic": "hameçonnage", "people": [encode(cabinet.secretary.pk)]}
    assert browser.post("/vie-privee/charte/sensibilisation/", data).status_code == 302
    page = browser.get("/vie-privee/charte/").content.decode()
    assert "hameçonnage" in page and cabinet.secretary.display_name in page
    data["held_on"] = "2999-01-05"
    assert browser.post("/vie-privee/charte/sensibilisation/", data).status_code == 422
