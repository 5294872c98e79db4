"""Short ways to the agenda's screens: their addresses, what they carry, what is sent to them."""

from __future__ import annotations

import json
import re

from django.urls import reverse

from serment.vault.ids import encode
from tests.agenda.conftest import MONDAY

HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = MONDAY.isoformat()


def url(name, row=None):
    return reverse(f"agenda:{name}", args=[row.pk] if row is not None else [])


def island(response):
    found = re.search(r'id="agenda-data">(.*?)</script>', response.content.decode(), re.S)
    return json.loads(found[1])


def page(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\u00a0", " ")


def now_in(agenda):
    """The practice at work after a request left it."""
    return agenda.cabinet.at_work(agenda.cabinet.secretary)


def booking(agenda, **more):
    return {
        "practitioner": encode(agenda.practitioner.pk),
        "type": encode(agenda.usual.pk),
        "date": DAY,
        "time": "14:30",
        "patient": encode(agenda.patient.pk),
        **more,
    }


def move(client, row, **more):
    values = {
        "id": encode(row.pk),
        "start": f"{DAY}T15:00",
        "end": f"{DAY}T15:20",
        "practitioner": encode(row.practitioner_id),
        "version": row.version,
        **more,
    }
    return client.post(url("move"), values)
