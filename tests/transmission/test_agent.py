"""The practice's agent: it sends and fetches with the keys that the owner gave it, holds no care, signs nothing."""

from __future__ import annotations

import stat

import pytest

from serment.cli import send
from serment.cli.main import _parser
from serment.transmission import agent
from serment.transmission.insured import Refused
from serment.transmission.models import Sheet
from serment.vault.domains import Domain
from tests.transmission.conftest import INSURED


@pytest.fixture
def keys(settings, tmp_path):
    settings.AGENT_KEY_DIR = tmp_path / "agent"
    return tmp_path / "agent"


def test_a_round_sends_and_fetches_what_was_signed(practice, at_post, keys, capsys):
    practice.claims(3)
    assert agent.make_round(practice.practice) is None, "no keys yet"
    agent.give(keyring=at_post.asked["keyring"], author=practice.doctor)
    assert agent.make_round(practice.practice).sent == 0, "it signs nothing"
    at_post.sign_all()
    assert send.run(_parser().parse_args(["send"])) == 0
    assert "3 feuilles parties, 1 retours lus" in capsys.readouterr().out
    assert set(Sheet.objects.values_list("state", flat=True)) == {"paid"}


def test_it_holds_billing_and_never_care(practice, at_post, keys):
    agent.give(keyring=at_post.asked["keyring"], author=practice.doctor)
    found = agent.keyring_of(practice.practice.pk)
    assert found.holds(Domain.BILLING) and found.holds(Domain.ADMIN)
    assert not found.holds(Domain.CARE) and not found.holds(Domain.ARCHIVE)
    keyed = found.subject_keys([practice.insured.pk], Domain.BILLING)
    assert keyed.open(practice.insured, "coverage").nir == INSURED.nir


def test_its_key_is_a_private_file_apart_from_the_data(practice, at_post, keys):
    agent.give(keyring=at_post.asked["keyring"], author=practice.doctor)
    (path,) = keys.glob("*.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    kept = path.read_text()
    path.write_text(kept[:-1] + ("x" if kept[-1] != "x" else "y"))
    assert agent.keyring_of(practice.practice.pk) is None, "the rows alone open nothing"
    path.unlink()
    assert agent.keyring_of(practice.practice.pk) is None and agent.in_charge() == []


def test_only_the_owner_gives_and_takes_back(practice, at_post, keys):
    with pytest.raises(Refused, match="répond du cabinet"):
        agent.give(keyring=at_post.asked["keyring"], author=practice.secretary)
    made = agent.give(keyring=at_post.asked["keyring"], author=practice.doctor)
    assert agent.give(keyring=at_post.asked["keyring"], author=practice.doctor).pk == made.pk
    kept = next(keys.glob("*.key")).read_text()
    agent.take_back(keyring=at_post.asked["keyring"], author=practice.doctor)
    assert agent.holder() is None and agent.in_charge() == []
    (keys / f"{practice.practice.pk}.key").write_text(kept)
    assert agent.make_round(practice.practice) is None, "a copy of its key opens nothing any more"


def test_the_settings_give_and_take_back(practice, keys):
    browser = practice.client(practice.doctor)
    path = "/teletransmission/reglages/agent/"
    page = browser.post(path, {"geste": "confier"}, follow=True).content.decode()
    assert "Retirer ses clés" in page
    page = browser.post(path, {"geste": "retirer"}, follow=True).content.decode()
    assert "Confier les envois" in page
    page = practice.client(practice.manager).post(path, follow=True).content.decode()
    assert "répond du cabinet" in page
