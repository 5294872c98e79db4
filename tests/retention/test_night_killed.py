"""The night stopped anywhere, by a kill: nothing is lost, nothing is twice, and the next one goes on (R7.4)."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest

from tests.operations.conftest import Installation, installation, installed  # noqa: F401 (fixtures)

AGE = """
import sys, json, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from serment.access import accounts, arrivals
from serment.access.models import Person
from serment.patients.models import Patient
from serment.record.models import Entry
from serment.retention import departures
from serment.journal import services as journal
from serment.vault.tenancy import using_practice
from tests.cabinet import PASSWORD
person = Person.unscoped.get(login="camille.aubry")
keyring = accounts.authenticate(person.login, PASSWORD)[1]
six = timezone.now() - timedelta(days=6 * 366)
with using_practice(person.practice_id), journal.acting(person.pk):
    Patient.objects.update(created_at=six)
    Entry.objects.update(occurred_at=six)
    departures.foresee()
    arrivals.welcome(person, keyring)
    print(departures.counts()["ready"])
"""
KILLED = """
import os, signal, sys, django; django.setup()
from serment.retention import moves, rows, store, upkeep
where, at = sys.argv[1], int(sys.argv[2])
module, name = {"put": (store, "put"), "remove": (rows, "remove"), "forget": (moves.keys_of_archive, "forget")}[where]
real, seen = getattr(module, name), [0]
def kill(*args, **kwargs):
    answer = real(*args, **kwargs)
    seen[0] += 1
    if seen[0] == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(module, name, kill)
upkeep.run()
"""
BACK = """
import sys, json, django; django.setup()
from datetime import date
from serment.access import accounts
from serment.access.models import Person
from serment.journal import services as journal
from serment.record.selectors import allergies
from serment.retention import services
from serment.vault.tenancy import using_practice
from tests.cabinet import PASSWORD
person = Person.unscoped.get(login="camille.aubry")
keyring = accounts.authenticate(person.login, PASSWORD)[1]
found = {}
with using_practice(person.practice_id), journal.acting(person.pk):
    for name in ("Apolline", "Bertille"):
        rows = services.find(keyring=keyring, family="Lestrange", first=name, born=date(1984, 5, 17))
        assert len(rows) == 1, (name, len(rows))
        pk = services.bring_back(keyring=keyring, author=person, archive_id=rows[0].pk)
        found[str(pk)] = allergies(keyring=keyring, patient_id=pk)[0].substance
    assert journal.verify(person.practice_id).sound
print(json.dumps(found))
"""


def count(place: Installation, table: str) -> int:
    with sqlite3.connect(place.folder / "serment.sqlite3") as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("where", "at", "left"), [("put", 1, 2), ("put", 2, 1), ("remove", 1, 2), ("forget", 2, 1)]
)
def test_a_kill_loses_nothing(installation, where, at, left):  # noqa: F811
    assert installation.python(AGE) == "2"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(at)], env=installation.environment, capture_output=True
    )
    assert done.returncode == -9
    assert count(installation, "patients_patient") == left
    assert count(installation, "retention_archivedfile") == 2 - left
    again = installation.serment("upkeep")
    assert again.returncode == 0 and f"dossiers archivés\u00a0: {left}" in again.stdout, again.stdout
    assert count(installation, "patients_patient") == 0 == count(installation, "record_entry")
    files = list((installation.folder / "archives").glob("*.archive"))
    assert len(files) == 2, "what the kill left on the medium was written again, not beside"
    back = json.loads(installation.python(BACK))
    assert back == {str(pk): "sulfamidine" for pk in installation.patients}
