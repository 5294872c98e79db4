"""Bytes on disk hold nothing of the patients: database, documents folder, backup, logs; on both databases.

« A technician with every secret of the machine but no person's password opens nothing » (R6.11, R6.12, E-POST-4).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serment.operations.postgres import programs

ROOT = Path(__file__).parents[1]
SCRIPT = """
import json, os, sys
import django
django.setup()
from serment.cli import serve
serve.migrate()
serve.collect_static()
from django.utils import timezone
from tests import cabinet, world
made = world.build_world(cabinet.build())
client = made.cabinet.client(made.cabinet.doctor)
from serment.vault.ids import encode
patient = encode(made.ids["patient_id"])
assert client.post("/patients/chercher/", {"q": "quill"}).status_code == 200
for path in (f"/patients/{patient}/dossier/", f"/ordonnances/{encode(made.ids['prescription'])}/ordonnance.pdf", "/agenda/", "/facturation/"):
    assert client.get(path).status_code == 200, path
client.post(f"/patients/{patient}/dossier/consultation/brouillon/", {"history": "zygomatique en brouillon"})
from django.db import connection
if connection.vendor == "sqlite":
    import sqlite3
    copy = sqlite3.connect(os.environ["DATA_DIR"] + "/backup.sqlite3")
    connection.connection.backup(copy)
    copy.close()
"""


def run_world(folder: Path, url: str = "") -> str:
    """Build the world in a process of its own on real files; gives what it logged."""
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")},
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "serment.config.settings",
        "ALLOWED_HOSTS": "testserver",
        "PYTHONPATH": str(ROOT),
    }
    if url:
        environment["DATABASE_URL"] = url
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def secrets_in(data: bytes) -> list[str]:
    from tests.world import CARE_WORDS, IDENTITY_WORDS, NIR

    lowered = data.lower()
    words = (
        CARE_WORDS
        | IDENTITY_WORDS
        | {NIR, NIR[:13], "quillivere", "amoxicilline 500 mg, gélule\u0000", "33611223344"}
    )
    return [word for word in words if word.lower().encode() in lowered]


def test_the_probe_finds_what_is_not_sealed():
    assert secrets_in("…Quillivéré…".encode()) == ["Quillivéré"]


@pytest.mark.sqlite
def test_sqlite_files_backup_and_logs_hold_nothing(tmp_path):
    logs = run_world(tmp_path)
    assert not secrets_in(logs.encode())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "serment.sqlite3" for path in files) and any(
        path.name == "backup.sqlite3" for path in files
    )
    for path in files:
        assert not secrets_in(path.read_bytes()), path.name
        assert not secrets_in(path.name.encode())


@pytest.mark.sqlite
@pytest.mark.skipif(
    programs() is None, reason="PostgreSQL absent : installez le paquet « postgresql » pour jouer cet essai."
)
def test_a_postgresql_dump_holds_nothing(tmp_path):
    from serment.operations.postgres import temporary_server

    with temporary_server() as url:
        logs = run_world(tmp_path, url)
        folder = programs()
        tool = str(folder / "pg_dump") if folder and (folder / "pg_dump").exists() else "pg_dump"
        environment = {**os.environ, "PGOPTIONS": "-c serment.practice=*"}
        dump = subprocess.run(
            [tool, "--inserts", "--enable-row-security", url], capture_output=True, env=environment
        )
    assert dump.returncode == 0, dump.stderr[-500:]
    assert b"patients_patient" in dump.stdout and len(dump.stdout) > 100_000
    assert not secrets_in(dump.stdout) and not secrets_in(logs.encode())
    # pg_dump writes binary columns in hexadecimal: look at them as bytes too.
    import re

    for found in re.findall(rb"\\\\x([0-9a-f]{8,})", dump.stdout):
        assert not secrets_in(bytes.fromhex(found[: len(found) // 2 * 2].decode()))


def test_the_machine_s_secrets_open_nothing(cabinet):
    """machine.key, the database and the anchor in hand: no grant opens without a person's secret."""
    from django.conf import settings

    from serment.vault import crypto, custody
    from serment.vault.models import KeyHolder, Unlock

    cabinet.patient()
    guesses = [settings.SECRET_KEY, settings.SECRET_KEY[:20], "", "admin", cabinet.practice.name]
    for holder in KeyHolder.unscoped.filter(practice_id=cabinet.practice.pk):
        for method in Unlock.Method.values:
            for guess in guesses:
                with pytest.raises(crypto.CannotOpen):
                    custody.open_holder_key(holder.pk, method, guess)
    technician = cabinet.keyring(cabinet.technician)
    assert technician.secrets == []
