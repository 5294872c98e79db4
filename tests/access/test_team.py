"""The team page: prolong a substitute, renew the code of the safe, on screen and by the command."""

from __future__ import annotations

import re
from argparse import Namespace
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.access import accounts, reviews, setup
from serment.access.models import Person, Session
from serment.cli import recover
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.ids import encode
from serment.vault.models import Grant
from tests.cabinet import PASSWORD


@pytest.mark.parametrize("login", ["sacha.morvan", " Sacha.Morvan "])
def test_a_login_is_one_person_s(cabinet, login):
    with pytest.raises(accounts.RefusedAccount, match="déjà pris"):
        accounts.check_login(login)


def test_new_keys_close_the_sessions_opened_with_the_old(cabinet):
    client = cabinet.client(cabinet.secretary)
    assert client.get("/patients/").status_code == 200
    with cabinet.at_work(cabinet.doctor) as keyring:
        accounts.reset_password(keyring=keyring, by=cabinet.doctor, person=cabinet.secretary)
    assert not Session.unscoped.filter(person=cabinet.secretary, ended_at=None).exists()
    assert client.get("/patients/").status_code == 302


def dates_of(person) -> str:
    return f"/equipe/{encode(person.pk)}/dates/"


def test_a_substitute_past_the_end_is_prolonged_with_their_keys(cabinet):
    today, who = timezone.localdate(), cabinet.substitute
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=who.pk).update(ends_on=today - timedelta(days=1))
        Grant.objects.filter(holder_id=who.holder_id).update(expires_at=timezone.now() - timedelta(days=1))
    assert accounts.authenticate("lou.tanguy", cabinet.passwords[who.pk]) is None
    owner = cabinet.client(cabinet.doctor)
    page = owner.get("/equipe/").content.decode()
    assert dates_of(who) in page and "Prolonger" in page
    new_end = today + timedelta(days=30)
    assert owner.post(dates_of(who), {"ends_on": new_end.isoformat()}).status_code == 302
    found = accounts.authenticate("lou.tanguy", cabinet.passwords[who.pk])
    assert found is not None and found[1].holds(Domain.CARE) and not found[1].holds(Domain.ARCHIVE)
    with cabinet.at_work(cabinet.doctor):
        ends = set(Grant.objects.filter(holder_id=who.holder_id).values_list("expires_at", flat=True))
        assert {timezone.localtime(end).date() for end in ends} == {new_end}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ends_on": ""}, "indiquez-la"),
        ({"starts_on": "2026-12-01", "ends_on": "2026-11-01"}, "précède"),
        ({"ends_on": "demain"}, "invalid-feedback"),
    ],
)
def test_wrong_dates_are_said_at_their_field_and_kept(cabinet, given, said):
    answer = cabinet.client(cabinet.doctor).post(dates_of(cabinet.substitute), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert given["ends_on"] in page


def test_ending_sooner_closes_the_sessions(cabinet):
    client = cabinet.client(cabinet.substitute)
    assert client.get("/").status_code == 200
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert (
        cabinet.client(cabinet.doctor).post(dates_of(cabinet.substitute), {"ends_on": yesterday}).status_code
        == 302
    )
    assert client.get("/").status_code == 302


def test_the_code_of_the_safe_is_renewed_on_screen(cabinet):
    """By whoever holds every circle's keys, after their password; the old code opens nothing any more."""
    owner = cabinet.client(cabinet.doctor)
    assert owner.post("/equipe/code-de-secours/", {"password": "faux"}).status_code == 422
    refused = owner.post("/equipe/code-de-secours/", {"password": PASSWORD})
    assert refused.status_code == 422 and "tous les cercles" in refused.content.decode()
    with cabinet.at_work(cabinet.doctor):
        assert setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code)
        other = cabinet.outsider.practitioner.circle_id
        Grant.objects.filter(domain_key__circle_id=other).delete()
    page = owner.post("/equipe/code-de-secours/", {"password": PASSWORD}).content.decode()
    [code] = re.findall(r"data-recovery-code>([A-Z0-9-]+)<", page)
    assert "application/pdf;base64,JVBER" in page
    with cabinet.at_work(cabinet.doctor):
        assert setup.open_recovery(cabinet.practice.pk, code).holds(Domain.CARE)
        with pytest.raises(crypto.CannotOpen):
            setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code)
    assert cabinet.client(cabinet.secretary).get("/equipe/code-de-secours/").status_code == 403


def test_the_command_writes_the_sheet_for_its_owner_alone(cabinet, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(recover.getpass, "getpass", lambda _: cabinet.recovery_code)
    sheet = tmp_path / "feuille.pdf"
    assert recover.run(Namespace(login="camille.aubry", sheet=str(sheet))) == 0
    assert sheet.read_bytes().startswith(b"%PDF") and sheet.stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    password = re.search(r"provisoire de camille.aubry : (\S+)", said)[1]
    assert accounts.authenticate("camille.aubry", password) is not None
    assert recover.run(Namespace(login="camille.aubry", sheet=str(sheet))) == 1, "nothing is overwritten"


def test_someone_invited_today_is_not_dormant(cabinet):
    with cabinet.at_work(cabinet.doctor):
        assert not any(line.dormant for line in reviews.lines())
        Person.objects.filter(pk=cabinet.secretary.pk).update(created_at=timezone.now() - timedelta(days=91))
        assert [line.person.login for line in reviews.lines() if line.dormant] == ["maud.riou"]


def test_a_given_password_serves_a_week(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        person, password = accounts.invite(
            keyring=keyring,
            by=cabinet.doctor,
            login="gwen.salaun",
            given_name="Gwen",
            family_name="Salaün",
            profile="secretary",
        )
    assert accounts.authenticate("gwen.salaun", password) is not None
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=person.pk).update(password_until=timezone.now() - timedelta(minutes=1))
    assert accounts.authenticate("gwen.salaun", password) is None
    assert "périmé" in cabinet.client(cabinet.doctor).get("/equipe/").content.decode()
    with cabinet.at_work(cabinet.doctor) as keyring:
        again = accounts.reset_password(
            keyring=keyring, by=cabinet.doctor, person=Person.objects.get(pk=person.pk)
        )
        accounts.change_password(
            person=Person.objects.get(pk=person.pk), old=again, new="tulipe-granit-oreiller-43"
        )
        assert Person.objects.get(pk=person.pk).password_until is None
