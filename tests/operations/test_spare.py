"""The agenda on paper lies ready without anyone thinking of it (P-SAUV-4)."""

from __future__ import annotations

import os
from datetime import date

import pikepdf
import pytest

from serment.access import arrivals
from serment.agenda import degraded
from serment.operations import installation, spare
from serment.operations.models import SparePlan

SECRET = "moulin-a-vent-7"


def arrive(cabinet, person):
    with cabinet.at_work(person) as keyring:
        arrivals.welcome(person, keyring)


def test_a_sign_in_leaves_the_sheets_of_today_and_after(cabinet, settings, tmp_path):
    settings.DEGRADED_DIR = str(tmp_path / "secours")
    arrive(cabinet, cabinet.secretary)
    assert not (tmp_path / "secours").exists(), "nobody chose a secret yet"
    browser = cabinet.client(cabinet.doctor)
    assert browser.post("/exploitation/secours/", {"secret": "court"}).status_code == 422
    assert browser.post("/exploitation/secours/", {"secret": SECRET}).status_code == 302
    wanted = [degraded.path_of(cabinet.practice.pk, day) for day in spare.days()]
    assert all(path.exists() for path in wanted) and SECRET.encode() not in bytes(
        SparePlan.unscoped.get().secret
    )
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(wanted[0])
    pikepdf.open(wanted[0], password=SECRET).close()
    kept = [path.read_bytes() for path in wanted]
    arrive(cabinet, cabinet.secretary)
    assert [path.read_bytes() for path in wanted] == kept, "once an hour is enough"
    os.utime(wanted[1], (0, 0))
    arrive(cabinet, cabinet.technician)
    assert wanted[1].read_bytes() == kept[1], "a technician has no key for it"
    arrive(cabinet, cabinet.secretary)
    assert wanted[0].read_bytes() == kept[0] and wanted[1].read_bytes() != kept[1]
    with cabinet.at_work(cabinet.doctor):
        assert {f.code: f.state for f in installation.findings()}["spare"] is True
    assert browser.post("/exploitation/secours/", {"secret": ""}).status_code == 302
    assert not SparePlan.unscoped.exists()


def test_two_practices_in_one_folder_keep_each_their_own_sheet(cabinet, settings, tmp_path):
    settings.DEGRADED_DIR = str(tmp_path / "secours")
    for person in (cabinet.doctor, cabinet.stranger):
        with cabinet.at_work(person) as keyring:
            spare.choose(keyring=keyring, author=person, secret=SECRET)
    arrive(cabinet, cabinet.doctor)
    own = {path: path.read_bytes() for path in (tmp_path / "secours").iterdir()}
    with cabinet.at_work(cabinet.doctor):
        state = {f.code: f for f in installation.findings()}["spare"]
        assert state.state is False, "the neighbour's sheet is missing on this machine"
    arrive(cabinet, cabinet.stranger)
    assert len(list((tmp_path / "secours").iterdir())) == 2 * len(own) == 4
    assert all(path.read_bytes() == content for path, content in own.items()), "nothing was written over"


def test_the_next_day_is_never_a_sunday():
    assert spare.days(date(2026, 11, 27)) == [date(2026, 11, 27), date(2026, 11, 28)]
    assert spare.days(date(2026, 11, 28)) == [date(2026, 11, 28), date(2026, 11, 30)]
