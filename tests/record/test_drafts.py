"""Drafts survive a lock, a crash and another tab; nothing of them is readable, nothing of them is lost (R5.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.record import drafts
from serment.record.models import Draft, Entry
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.ids import encode
from tests.cabinet import PASSWORD


@pytest.fixture
def client(cabinet, record_path):
    """The doctor's browser, with the record opened once."""
    browser = cabinet.client(cabinet.doctor)
    assert browser.get(record_path).status_code == 200
    return browser


@pytest.fixture
def path(record_path) -> str:
    return record_path + "consultation/"


def texts(response) -> str:
    return response.content.decode()


def put(client, path, text, page, opened=None, **more):
    data = {"reason": text, "page": page, "opened": opened or timezone.now().isoformat(), **more}
    return client.post(path + "brouillon/", data)


def test_a_draft_is_saved_while_locked_and_found_again(client, path):
    client.post("/verrouiller/")
    saved = client.post(
        path + "brouillon/", {"reason": "toux rebelle", "page": "a"}, headers={"X-Serment-Background": "1"}
    )
    assert saved.status_code == 204
    draft = Draft.unscoped.get()
    assert b"toux" not in bytes(draft.sealed)
    assert client.get(path).status_code == 423
    client.post("/deverrouiller/", {"password": PASSWORD})
    assert "toux rebelle" in texts(client.get(path))
    signed = client.post(path, {"reason": "toux rebelle"})
    assert signed.status_code == 302 and not Draft.unscoped.exists()


def test_a_crash_after_the_answer_loses_nothing(client, path, cabinet, patient):
    """What was answered 204 is a committed row, readable by whoever comes back with keys and nothing else."""
    page = drafts.new_page()
    for number in range(3):
        assert put(client, path, f"frappe {number}", page).status_code == 204
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = drafts.load(keyring=keyring, person=cabinet.doctor, patient_id=patient.pk)
    assert found.row.revision == 3 and found.data["reason"] == ["frappe 2"]
    with cabinet.at_work(cabinet.colleague) as keyring:
        assert drafts.load(keyring=keyring, person=cabinet.colleague, patient_id=patient.pk) is None
    with cabinet.at_work(cabinet.secretary) as keyring:
        assert drafts.load(keyring=keyring, person=cabinet.doctor, patient_id=patient.pk).data is None


def test_an_older_tab_overwrites_nothing_and_both_texts_are_kept(client, path):
    opened = (timezone.now() - timedelta(minutes=1)).isoformat()
    new, old = drafts.new_page(), drafts.new_page()
    assert put(client, path, "texte récent", new, opened).status_code == 204
    late = put(client, path, "texte ancien", old, opened)
    assert late.status_code == 409 and "Les deux textes sont gardés" in late.json()["error"]
    assert put(client, path, "texte ancien, suite", old, opened).status_code == 409
    third = put(client, path, "troisième", drafts.new_page(), opened)
    assert third.status_code == 409 and "copiez-le" in third.json()["error"]
    page = texts(client.get(path))
    assert "texte récent" in page and "texte ancien, suite" in page
    client.post(path + "reprendre/")
    page = texts(client.get(path))
    assert 'value="texte ancien, suite"' in page and "texte récent" in page
    client.post(path + "effacer/", {"quoi": "autre"})
    assert "texte récent" not in texts(client.get(path))
    client.post(path + "effacer/")
    assert not Draft.unscoped.exists()


def test_a_page_opened_on_the_draft_goes_on_with_it(client, path):
    put(client, path, "commencé ici", drafts.new_page())
    assert put(client, path, "fini là", drafts.new_page()).status_code == 204
    assert Draft.unscoped.get().other_sealed is None


@pytest.mark.parametrize("winner", ["front", "beside"])
def test_signing_one_tab_leaves_the_text_of_the_other(client, path, winner):
    opened = (timezone.now() - timedelta(minutes=1)).isoformat()
    pages = {"front": drafts.new_page(), "beside": drafts.new_page()}
    for name in ("front", "beside"):
        put(client, path, f"texte {name}", pages[name], opened)
    data = {"reason": f"texte {winner}", "page": pages[winner], "opened": opened}
    assert client.post(path, data).status_code == 302
    left = Draft.unscoped.get()
    assert left.other_sealed is None and left.page != pages[winner]
    other = "beside" if winner == "front" else "front"
    assert f"texte {other}" in texts(client.get(path))


def test_a_save_that_arrives_after_the_signature_makes_no_draft(client, path):
    page = drafts.new_page()
    assert client.post(path, {"reason": "toux", "page": page}).status_code == 302
    assert put(client, path, "toux", page).status_code == 204
    assert not Draft.unscoped.exists() and Entry.unscoped.count() == 1


def test_a_resumed_draft_still_knows_its_appointment(client, path):
    put(client, path, "toux", drafts.new_page(), rdv=encode(77))
    assert f'name="rdv" value="{encode(77)}"' in texts(client.get(path))


def test_a_draft_under_a_key_that_is_gone_does_not_close_the_page(client, path, cabinet):
    put(client, path, "toux", drafts.new_page())
    with cabinet.at_work(cabinet.doctor):
        fresh = custody.create_domain_key(cabinet.practice.pk, Domain.CARE, 999)
        Draft.objects.update(domain_key_id=fresh.domain_key_id)
    page = client.get(path)
    assert page.status_code == 200 and "ne s’ouvre plus" in texts(page)


def test_a_draft_is_bounded(client, path):
    assert put(client, path, "a" * 50_000, drafts.new_page()).status_code == 413
    assert not Draft.unscoped.exists()


def test_only_who_opened_the_record_may_save_a_draft(cabinet, record_path):
    path = record_path + "consultation/brouillon/"
    assert cabinet.client(cabinet.doctor).post(path, {"reason": "x"}).status_code == 403
    assert cabinet.client(cabinet.secretary).post(path, {"reason": "x"}).status_code == 403
    assert cabinet.client(cabinet.stranger).post(path, {"reason": "x"}).status_code == 404
    assert cabinet.client(cabinet.doctor, level=1).post(path, {"reason": "x"}).status_code == 404
    assert cabinet.client(cabinet.doctor).get(path).status_code == 405
    outsider = cabinet.client(cabinet.outsider)
    assert outsider.get(record_path).status_code == 403
    assert outsider.post(path, {"reason": "x"}).status_code == 403
    assert not Draft.unscoped.exists()
