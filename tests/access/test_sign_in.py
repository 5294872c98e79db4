"""Sign in, second factor, lock, unlock, reset: over real requests (P-AUTH-1 to 5, E-AUTH-3, E-AUTH-4, P-POST-1)."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from serment.access import accounts, second_factor, sessions, setup
from serment.access.models import Person, Session
from serment.journal.models import Event
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.models import Unlock
from tests.cabinet import PASSWORD


def sign_in(client, login="camille.aubry", password=PASSWORD):
    return client.post("/connexion/", {"login": login, "password": password})


def enrolled_secret(cabinet, person):
    secret = second_factor.new_secret()
    with cabinet.at_work(person) as keyring:
        assert second_factor.enrol(person, keyring, secret, pyotp.TOTP(secret).now())
    Person.unscoped.filter(pk=person.pk).update(totp_step=0)
    return secret


def actions(cabinet):
    return list(
        Event.unscoped.filter(practice_id=cabinet.practice.pk)
        .order_by("seq")
        .values_list("action", flat=True)
    )


def test_no_patient_page_before_the_second_factor(cabinet):
    client = Client()
    response = sign_in(client)
    assert response.status_code == 302 and "second-facteur" in response["Location"]
    refused = client.get("/patients/")
    assert refused.status_code == 302 and "second-facteur" in refused["Location"]


def test_totp_opens_the_session_and_a_code_serves_once(cabinet):
    secret = enrolled_secret(cabinet, cabinet.doctor)
    code = pyotp.TOTP(secret).now()
    client = Client()
    sign_in(client)
    assert client.post("/connexion/second-facteur/", {"code": code}).status_code == 302
    assert client.get("/patients/").status_code == 200
    again = Client()
    sign_in(again)
    replay = again.post("/connexion/second-facteur/", {"code": code})
    assert replay.status_code == 422 and "déjà servi" in replay.content.decode()
    assert "access.second_factor" in actions(cabinet) and "access.second_factor_failed" in actions(cabinet)


def test_first_sign_in_enrols_a_phone_and_shows_recovery_codes_once(cabinet):
    client = Client()
    sign_in(client)
    page = client.get("/connexion/second-facteur/").content.decode()
    secret = page.split('user-select-all">')[1].split("<")[0].replace(" ", "")
    done = client.post("/connexion/second-facteur/", {"code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200 and done.content.decode().count("<code") == 10
    assert client.get("/compte/").status_code == 200


def test_a_recovery_code_replaces_the_second_factor_once(cabinet):
    enrolled_secret(cabinet, cabinet.doctor)
    with cabinet.at_work(cabinet.doctor):
        code = second_factor.new_recovery_codes(cabinet.doctor)[0]
    for expected in (302, 422):
        client = Client()
        sign_in(client)
        assert client.post("/connexion/code-de-secours/", {"code": code}).status_code == expected


def test_tries_are_limited_and_unknown_logins_answer_alike(cabinet):
    known, unknown = [], []
    for _ in range(6):
        known.append(sign_in(Client(), password="faux").status_code)
        unknown.append(sign_in(Client(), login="personne.ici", password="faux").status_code)
    assert known == unknown == [422] * 5 + [429]
    assert sign_in(Client()).status_code == 429  # even the right password waits
    assert actions(cabinet).count("access.failed") == 5 and "access.throttled" in actions(cabinet)


def test_the_password_is_nowhere_and_the_hash_is_argon2id(cabinet):
    unlock = Unlock.unscoped.get(holder=cabinet.doctor.holder)
    assert unlock.kdf.startswith("$argon2id$")
    assert PASSWORD.encode() not in bytes(unlock.sealed_holder_key)


def test_a_reset_forces_a_change_and_closes_sessions(cabinet):
    before = cabinet.client(cabinet.secretary)
    with cabinet.at_work(cabinet.doctor) as keyring:
        password = accounts.reset_password(keyring=keyring, by=cabinet.doctor, person=cabinet.secretary)
    assert before.get("/patients/").status_code == 302
    cabinet.passwords[cabinet.secretary.pk] = password
    cabinet._keyrings.pop(cabinet.secretary.pk, None)
    client = cabinet.client(cabinet.secretary)
    page = client.get("/patients/")
    assert page.status_code == 302 and page["Location"] == "/compte/mot-de-passe/"
    new = "galet-brouette-mistral-7"
    done = client.post("/compte/mot-de-passe/", {"old": password, "new": new, "again": new})
    assert done.status_code == 302
    assert client.get("/patients/").status_code == 200
    assert accounts.authenticate("maud.riou", new) and not accounts.authenticate("maud.riou", password)


def test_lock_drops_the_keys_keeps_the_session_and_unlocks_by_password(cabinet):
    client = cabinet.client(cabinet.doctor)
    assert client.post("/verrouiller/", headers={"accept": "application/json"}).json() == {"ok": True}
    row = Session.unscoped.get(pk=client.session_row.pk)
    assert row.sealed_keys is None and row.ended_at is None
    assert client.get("/patients/").status_code == 423
    wrong = client.post("/deverrouiller/", {"password": "faux"}, headers={"accept": "application/json"})
    assert wrong.status_code == 422 and "gardée" in wrong.json()["error"]
    right = client.post("/deverrouiller/", {"password": PASSWORD}, headers={"accept": "application/json"})
    assert right.json() == {"ok": True}
    assert client.get("/patients/").status_code == 200


def test_the_server_locks_an_idle_session_and_polling_is_not_activity(cabinet):
    client = cabinet.client(cabinet.doctor)
    old = timezone.now() - timedelta(minutes=9)
    Session.unscoped.filter(pk=client.session_row.pk).update(last_seen_at=old)
    client.get("/patients/", headers={"X-Serment-Background": "1"})
    assert Session.unscoped.get(pk=client.session_row.pk).last_seen_at == old
    Session.unscoped.filter(pk=client.session_row.pk).update(
        last_seen_at=timezone.now() - timedelta(minutes=11)
    )
    assert client.get("/patients/").status_code == 423


def test_a_stolen_row_without_the_cookie_opens_nothing(cabinet):
    client = cabinet.client(cabinet.doctor)
    session = Session.unscoped.get(pk=client.session_row.pk)
    forged = sessions.Ticket(session.pk, b"\x00" * 32)
    assert sessions.find(forged) is None
    with pytest.raises(crypto.CannotOpen):
        sessions.keyring_of(session, forged)


def test_sign_out_everywhere(cabinet):
    one, two = cabinet.client(cabinet.doctor), cabinet.client(cabinet.doctor)
    one.post("/compte/sessions/fermer/")
    assert one.get("/compte/").status_code == 200
    assert two.get("/compte/").status_code == 302


def test_a_substitute_is_out_after_the_end_date(cabinet):
    client = cabinet.client(cabinet.substitute)
    assert client.get("/patients/").status_code == 200
    Person.unscoped.filter(pk=cabinet.substitute.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get("/patients/").status_code == 302
    assert accounts.authenticate("lou.tanguy", cabinet.passwords[cabinet.substitute.pk]) is None


def test_suspension_is_immediate(cabinet):
    client = cabinet.client(cabinet.colleague)
    with cabinet.at_work(cabinet.doctor) as keyring:
        accounts.suspend(keyring=keyring, by=cabinet.doctor, person=cabinet.colleague)
    assert client.get("/patients/").status_code == 302
    assert not Session.unscoped.filter(person=cabinet.colleague, ended_at=None).exists()
    assert accounts.authenticate("sacha.morvan", cabinet.passwords[cabinet.colleague.pk]) is None


def test_the_recovery_code_reopens_the_practice_and_is_replaced(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor):
        with pytest.raises(crypto.CannotOpen):
            setup.open_recovery(cabinet.practice.pk, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
        keyring = setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code.lower())
        password = setup.recover(keyring=keyring, person=cabinet.doctor)
        fresh = setup.renew_recovery_code(keyring=keyring)
        with pytest.raises(crypto.CannotOpen):
            setup.open_recovery(cabinet.practice.pk, cabinet.recovery_code)
        assert setup.open_recovery(cabinet.practice.pk, fresh)
    found = accounts.authenticate("camille.aubry", password)
    assert found is not None
    with cabinet.at_work(cabinet.doctor):
        assert patient.pk in found[1].subject_keys([patient.pk], Domain.CARE)


def test_invited_staff_have_named_accounts_and_a_substitute_has_an_end(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        for login in ("secretariat", "maud.riou", "ab"):
            with pytest.raises(accounts.RefusedAccount):
                accounts.invite(
                    keyring=keyring,
                    by=cabinet.doctor,
                    login=login,
                    given_name="A",
                    family_name="B",
                    profile="secretary",
                )
        with pytest.raises(accounts.RefusedAccount, match="date de fin"):
            accounts.invite(
                keyring=keyring,
                by=cabinet.doctor,
                login="x.y",
                given_name="X",
                family_name="Y",
                profile="substitute",
            )


def test_the_notice_on_the_journal_is_read_once(cabinet):
    Person.unscoped.filter(pk=cabinet.secretary.pk).update(notice_read_at=None)
    client = cabinet.client(cabinet.secretary)
    assert client.get("/patients/")["Location"] == "/connexion/information/"
    assert client.get("/connexion/information/").status_code == 200
    client.post("/connexion/information/")
    assert client.get("/patients/").status_code == 200


def test_cookies_are_the_necessary_ones_only(cabinet):
    client = Client()
    client.get("/connexion/")
    sign_in(client)
    assert set(client.cookies) <= {"serment", "csrftoken", "messages"}
    assert client.cookies["serment"]["httponly"] and client.cookies["serment"]["samesite"] == "Strict"
