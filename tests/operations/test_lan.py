"""TLS on the practice's network, and upgrades tried on a copy (E-WEB-1, P-SRV-2)."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from serment.operations import dump, tls
from tests.operations.test_backup import two_databases  # noqa: F401 (fixture)


def test_the_certificate_serves_its_names_and_renews(tmp_path, monkeypatch):
    first, key = tls.certificate(tmp_path, ["localhost", "127.0.0.1"])
    assert key.stat().st_mode & 0o077 == 0 and (tmp_path / "autorite.key").stat().st_mode & 0o077 == 0
    kept = first.read_bytes()
    assert tls.certificate(tmp_path, ["localhost"])[0].read_bytes() == kept
    assert tls.certificate(tmp_path, ["localhost", "cabinet.local"])[0].read_bytes() != kept
    authority = (tmp_path / "autorite-serment.crt").read_bytes()
    monkeypatch.setattr(tls, "RENEW_BEFORE", timedelta(days=500))
    renewed = tls.certificate(tmp_path, ["localhost", "cabinet.local"])[0]
    assert tls.ends_at(renewed) > datetime.now(UTC) + timedelta(days=390)
    assert (tmp_path / "autorite-serment.crt").read_bytes() == authority, "workstations keep trusting it"


def _rest(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except OSError:
        return b""


@pytest.mark.sqlite
def test_the_practice_network_is_served_in_tls_only(installation):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "serment", "serve", "--lan", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, env=installation.environment, stdout=subprocess.DEVNULL)
    authority = installation.folder / "tls" / "autorite-serment.crt"
    try:
        answer = None
        for _ in range(200):
            try:
                trusted = ssl.create_default_context(cafile=authority)
                connection = http.client.HTTPSConnection("localhost", port, context=trusted, timeout=5)
                connection.request("GET", "/connexion/")
                answer = connection.getresponse()
                answer.read()
                break
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        assert answer is not None and answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert all("Secure" in cookie for cookie in answer.headers.get_all("Set-Cookie") or [])
        stranger = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context())
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/")
        plain = socket.create_connection(("localhost", port), timeout=5)
        plain.sendall(b"GET /connexion/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1 200" not in _rest(plain)
        old = ssl.create_default_context(cafile=authority)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            old.wrap_socket(socket.create_connection(("localhost", port)), server_hostname="localhost")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


@pytest.mark.sqlite
def test_an_upgrade_is_tried_on_a_copy_and_comes_back_if_it_fails(installation):
    assert "déjà à jour" in installation.serment("upgrade").stdout
    path = installation.folder / "serment.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE conformity_edition")
        database.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
    done = installation.serment("upgrade")
    assert done.returncode == 0 and "1 évolutions appliquées" in done.stdout, done.stderr
    assert installation.read() == ["sulfamidine", "sulfamidine"]
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
    failed = installation.serment("upgrade")  # the table is already there: the trial fails
    assert failed.returncode == 1 and "rien n’a été changé" in failed.stderr
    assert installation.read() == ["sulfamidine", "sulfamidine"]
    assert not list(installation.folder.glob("*avant*"))


HALF_WAY = """
import django; django.setup()
from django.db import connection
from serment.operations import upgrade
real = upgrade.call_command
def half_way(*arguments, **options):
    real(*arguments, **options)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patients_patient WHERE 1 = 0")
        cursor.execute("ALTER TABLE conformity_edition RENAME TO half_way")
    raise RuntimeError("power cut")
upgrade.call_command = half_way
try:
    upgrade.upgrade(lambda text: None)
except upgrade.Failed as error:
    print(error)
"""


@pytest.mark.sqlite
def test_an_upgrade_that_fails_half_way_puts_the_database_back(installation):
    path = installation.folder / "serment.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE conformity_edition")
        database.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
    assert "remise en place" in installation.python(HALF_WAY)
    with sqlite3.connect(path) as database:
        assert not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'half_way'").fetchall()
    assert installation.read() == ["sulfamidine", "sulfamidine"]
    assert not list(installation.folder.glob("*avant*"))
    assert installation.serment("upgrade").returncode == 0


NOT_PUT_BACK = HALF_WAY.replace(
    "upgrade.call_command = half_way",
    "upgrade.call_command = half_way\ndef full(*arguments): raise OSError('disk full')\nupgrade.dump.load = full",
)


@pytest.mark.sqlite
def test_the_only_good_copy_is_kept_when_it_cannot_be_put_back(installation):
    with sqlite3.connect(installation.folder / "serment.sqlite3") as database:
        database.execute("DROP TABLE conformity_edition")
        database.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
    assert "n’y touchez pas" in installation.python(NOT_PUT_BACK)
    (kept,) = installation.folder.glob("*avant*")
    assert kept.stat().st_size and kept.stat().st_mode & 0o077 == 0


INTERRUPTED = HALF_WAY.replace('RuntimeError("power cut")', "KeyboardInterrupt").replace(
    "except upgrade.Failed", "except KeyboardInterrupt"
)


@pytest.mark.sqlite
def test_an_interrupted_upgrade_keeps_its_copy_and_the_next_run_says_so(installation):
    with sqlite3.connect(installation.folder / "serment.sqlite3") as database:
        database.execute("DROP TABLE conformity_edition")
        database.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
    installation.python(INTERRUPTED)
    (kept,) = installation.folder.glob("*avant*")
    again = installation.serment("upgrade")
    assert again.returncode == 1 and kept.name in again.stderr and kept.exists(), "nothing is pending by now"


@pytest.mark.sqlite
def test_the_copy_is_never_readable_by_others(tmp_path, monkeypatch, db):
    sqlite3.connect(tmp_path / "live").close()
    (tmp_path / "live").touch()
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "live"))
    seen, real = [], sqlite3.connect

    def connect(target, *arguments, **named):
        if target == tmp_path / "copy":
            seen.append(target.stat().st_mode & 0o777)
        return real(target, *arguments, **named)

    monkeypatch.setattr(dump.sqlite3, "connect", connect)
    dump.whole_copy(tmp_path / "copy")
    assert seen == [0o600]


@pytest.mark.postgresql
def test_the_same_on_postgresql(two_databases, tmp_path):  # noqa: F811
    """Rehearsed on a throw-away server; what fails half way is put back from the copy."""
    import psycopg

    from tests.operations.conftest import MAKE, Installation

    place = Installation(tmp_path / "a", two_databases[0])
    place.folder.mkdir(mode=0o700)
    assert place.serment("migrate").returncode == 0
    place.patients = tuple(json.loads(place.python(MAKE))["patients"])
    for outcome in ("put back", "applied"):
        with psycopg.connect(two_databases[0], autocommit=True) as server:
            server.execute("DROP TABLE IF EXISTS conformity_edition")
            server.execute("DELETE FROM django_migrations WHERE app = 'conformity' AND name LIKE '0003%'")
        if outcome == "put back":
            assert "remise en place" in place.python(HALF_WAY)
        else:
            done = place.serment("upgrade")
            assert done.returncode == 0 and "évolutions appliquées" in done.stdout, done.stderr
        assert place.read() == ["sulfamidine", "sulfamidine"]
