"""Backups: blind to who makes them, opened by the code in the safe, proven by a restore (P-SAUV-1, E-SAUV-1..4)."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3

import pytest

from serment.operations import sealed_file
from serment.vault.crypto import new_key
from tests.operations.conftest import Installation

CODE_ON_STDIN = """
import sys, getpass, django; getpass.getpass = lambda prompt: sys.stdin.readline().strip()
from serment.cli.main import main
raise SystemExit(main(sys.argv[1:]))
"""


def restore(fresh: Installation, data, keyring, code: str):
    import subprocess
    import sys

    return subprocess.run(
        [sys.executable, "-c", CODE_ON_STDIN, "restore", str(data), str(keyring)],
        env=fresh.environment,
        input=code + "\n",
        capture_output=True,
        text=True,
    )


@pytest.fixture
def fresh(tmp_path) -> Installation:
    made = Installation(tmp_path / "fresh", "")
    made.folder.mkdir(mode=0o700)
    return made


@pytest.mark.sqlite
def test_a_backup_restores_on_a_fresh_machine_with_the_code(installation, fresh):
    done = installation.serment("backup")
    assert done.returncode == 0, done.stderr
    assert "2 patients" in done.stdout and "journal vérifiés" in done.stdout, "the rehearsal ran"
    data, keyring = installation.files()
    for path in (data, keyring):
        content = path.read_bytes()
        for word in (b"Lestrange", b"sulfamidine", b"Apolline", b"camille.aubry", b"SQLite format"):
            assert word not in content
    wrong = restore(fresh, data, keyring, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
    assert wrong.returncode == 1 and "n’ouvre pas" in wrong.stderr
    back = restore(fresh, data, keyring, installation.code)
    assert back.returncode == 0, back.stderr
    fresh.patients = installation.patients
    assert fresh.read() == ["sulfamidine", "sulfamidine"]
    again = restore(fresh, data, keyring, installation.code)
    assert again.returncode == 1 and "contient déjà" in again.stderr


@pytest.mark.sqlite
def test_an_older_backup_does_not_bring_back_a_patient_whose_keys_are_destroyed(installation, fresh):
    """Keys first: the data of an old backup open with the keyring of today, and the destroyed one is not in it (R7.8)."""
    assert installation.serment("backup", "--no-rehearsal").returncode == 0
    old_data, _ = installation.files()
    kept = shutil.copy(old_data, installation.folder / old_data.name)
    gone = installation.patients[0]
    with sqlite3.connect(installation.folder / "serment.sqlite3") as database:
        database.execute("DELETE FROM vault_subjectkey WHERE subject_id = ?", [gone])
    import time

    time.sleep(1.1)  # files are named by the second
    assert installation.serment("backup", "--no-rehearsal").returncode == 0
    _, new_keyring = installation.files()
    back = restore(fresh, kept, new_keyring, installation.code)
    assert back.returncode == 0, back.stderr
    fresh.patients = installation.patients
    assert fresh.read() == [None, "sulfamidine"]


@pytest.mark.sqlite
def test_the_data_file_holds_no_subject_key(installation):
    assert installation.serment("backup", "--no-rehearsal").returncode == 0
    data, keyring = installation.files()
    assert sealed_file.read_header(data)["counts"]["patients_patient"] == 2
    assert "vault_subjectkey" not in sealed_file.read_header(data)["counts"]
    assert sealed_file.read_header(keyring)["counts"]["vault_subjectkey"] > 0


@pytest.fixture
def sealed(tmp_path):
    key, path = new_key(), tmp_path / "x.serment"
    content = bytes(range(256)) * 9000  # three pieces
    sealed_file.write(path, {"kind": "data"}, key, io.BytesIO(content))
    return key, path, content


def test_a_sealed_file_reads_back(sealed):
    key, path, content = sealed
    assert b"".join(sealed_file.pieces(path, key)) == content
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("empty", [b"", b"x"])
def test_small_files_too(tmp_path, empty):
    key, path = new_key(), tmp_path / "x.serment"
    sealed_file.write(path, {}, key, io.BytesIO(empty))
    assert b"".join(sealed_file.pieces(path, key)) == empty


@pytest.mark.parametrize("damage", ["cut", "flip", "header", "swap", "key", "repeat"])
def test_any_damage_shows(sealed, damage, tmp_path):
    key, path, _ = sealed
    data = bytearray(path.read_bytes())
    head = data.index(b"\n") + 1
    piece = 4 + sealed_file.PIECE + 16
    if damage == "cut":
        data = data[: head + 2 * piece]
    elif damage == "flip":
        data[-1] ^= 1
    elif damage == "header":
        header = json.loads(data[:head])
        data = bytearray(json.dumps({**header, "counts": {}}).encode() + b"\n") + data[head:]
    elif damage == "swap":
        one, two = data[head : head + piece], data[head + piece : head + 2 * piece]
        data = data[:head] + two + one + data[head + 2 * piece :]
    elif damage == "repeat":
        data = data[: head + piece] + data[head : head + piece] + data[head + piece :]
    else:
        key = new_key()
    path.write_bytes(data)
    with pytest.raises(sealed_file.Damaged):
        sealed_file.extract(path, key, tmp_path / "out")
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.part").exists()


def test_another_file_is_not_a_backup(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff" * 100)
    with pytest.raises(sealed_file.Damaged, match="pas une sauvegarde"):
        sealed_file.read_header(path)


@pytest.fixture
def two_databases():
    """Addresses of two empty databases on the server of this run."""
    import os

    import psycopg

    base = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    names = ("serment_source", "serment_target")
    with psycopg.connect(f"{base}/serment", autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name}")
    yield [f"{base}/{name}" for name in names]
    with psycopg.connect(f"{base}/serment", autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.postgresql
def test_the_same_on_postgresql(two_databases, tmp_path):
    """pg_dump within one snapshot, under the row policies, restored elsewhere with the code."""
    from tests.operations.conftest import MAKE

    source, target = (
        Installation(tmp_path / name, url) for name, url in zip("ab", two_databases, strict=True)
    )
    for place in (source, target):
        place.folder.mkdir(mode=0o700)
    assert source.serment("migrate").returncode == 0
    facts = json.loads(source.python(MAKE))
    source.patients = target.patients = tuple(facts["patients"])
    done = source.serment("backup")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "2 patients" in done.stdout
    data, keyring = source.files()
    assert b"Lestrange" not in data.read_bytes() and b"PGDMP" not in data.read_bytes()
    back = restore(target, data, keyring, facts["code"])
    assert back.returncode == 0, back.stderr
    assert target.read() == ["sulfamidine", "sulfamidine"]
