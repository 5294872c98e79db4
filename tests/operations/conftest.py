"""A real installation in a folder of its own: operations act on files and processes, not inside a test's transaction."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

MAKE = """
import json, django; django.setup()
from datetime import date
from tests import cabinet as builder
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
made = builder.build()
ids = []
for name in ("Apolline", "Bertille"):
    patient = made.patient(first_given_name=name)
    with made.at_work(made.doctor) as keyring:
        record.add_entry(keyring=keyring, author=made.doctor, patient_id=patient.pk, kind="allergy",
                         payload=Allergy(substance="sulfamidine"))
    ids.append(patient.pk)
print(json.dumps({"code": made.recovery_code, "patients": ids}))
"""
READ = """
import json, sys, django; django.setup()
from serment.access import accounts
from serment.access.models import Person
from serment.patients.selectors import open_identities
from serment.record.selectors import allergies
from serment.vault.keyring import NoKey
from serment.vault.tenancy import using_practice
from tests.cabinet import PASSWORD
person = Person.unscoped.get(login="camille.aubry")
keyring = accounts.authenticate(person.login, PASSWORD)[1]
found = {}
with using_practice(person.practice_id):
    for pk in json.loads(sys.argv[1]):
        try:
            found[pk] = allergies(keyring=keyring, patient_id=pk)[0].substance
        except NoKey:
            found[pk] = None
        if pk not in open_identities(keyring, [pk]):
            found[pk] = None
print(json.dumps(found))
"""


@dataclass
class Installation:
    """``serment`` and Python run in processes of their own, with this folder as DATA_DIR."""

    folder: Path
    database: str
    code: str = ""
    patients: tuple[int, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "serment.config.settings",
            "JOURNAL_ANCHOR": str(self.folder / "journal.anchor"),
            "BACKUP_DIR": str(self.folder / "backups"),
        }

    def serment(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "serment", *arguments]
        return subprocess.run(command, env=self.environment, input=typed, capture_output=True, text=True)

    def python(self, text: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", text, *arguments], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def read(self) -> list[str | None]:
        """What the doctor reads of each patient: the allergy, or None."""
        return list(json.loads(self.python(READ, json.dumps(list(self.patients)))).values())

    def files(self) -> tuple[Path, Path]:
        backups = self.folder / "backups"
        return sorted(backups.glob("donnees-*"))[-1], sorted(backups.glob("cles-*"))[-1]


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Installation:
    """Made once: migrating a database and making a practice are a dozen seconds of processes."""
    made = Installation(tmp_path_factory.mktemp("installed") / "practice", "")
    made.folder.mkdir(mode=0o700)
    assert made.serment("migrate").returncode == 0
    facts = json.loads(made.python(MAKE))
    made.code, made.patients = facts["code"], tuple(facts["patients"])
    return made


@pytest.fixture
def installation(tmp_path, installed) -> Installation:
    """A copy of its own of every file of `installed`."""
    return replace(installed, folder=shutil.copytree(installed.folder, tmp_path / "practice", symlinks=True))
