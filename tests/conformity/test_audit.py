"""The practice has its guarantees checked by someone who reads everything but patients (E-ST-3)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import accounts
from serment.vault.models import Grant
from tests.test_walk import ALL, ask, path_of, rule_of
from tests.world import CARE_WORDS, build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


@pytest.fixture
def auditor(cabinet, world):
    given = {"login": "ada.kergoat", "given_name": "Ada", "family_name": "Kergoat", "profile": "auditor"}
    with cabinet.at_work(cabinet.doctor) as keyring:
        with pytest.raises(accounts.RefusedAccount):
            accounts.invite(keyring=keyring, by=cabinet.doctor, **given)
        person, password = accounts.invite(
            keyring=keyring, by=cabinet.doctor, ends_on=timezone.localdate() + timedelta(days=3), **given
        )
        type(person).objects.filter(pk=person.pk).update(
            must_change_password=False, notice_read_at=timezone.now()
        )
        person.refresh_from_db()
        assert not Grant.objects.filter(holder_id=person.holder_id).exists(), "no key at all"
    cabinet.passwords[person.pk] = password
    return person


def test_the_auditor_reads_guarantees_and_no_patient(world, auditor):
    client = world.cabinet.client(auditor)
    for name, pattern in ALL:
        rule = rule_of(pattern)
        if rule.kind == "permission" and not auditor.can(rule.permission):
            assert ask(client, path_of(name, pattern, world)).status_code == 403, name
    page = client.get("/conformite/", {"etat": "tout"})
    assert page.status_code == 200 and "Attester" not in page.content.decode()
    assert client.get("/exploitation/").status_code == 200
    assert client.get("/patients/").status_code == 403


def test_the_pack_proves_itself_and_names_no_patient(world, auditor):
    answer = world.cabinet.client(auditor).get("/conformite/audit.zip")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    head = json.loads(parts.pop("sommaire.json"))
    assert {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()} == head["sha256"]
    assert len(json.loads(parts["conformite.json"])) == 213
    assert json.loads(parts["journal.json"])["events"] > 0
    text = b" ".join(parts.values()).decode().lower()
    assert not [word for word in CARE_WORDS if word in text] and "quillivéré" not in text
