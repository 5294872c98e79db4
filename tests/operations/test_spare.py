"""The agenda on paper lies ready without anyone thinking of it (P-SAUV-4)."""

from __future__ import annotations

import os
from datetime import date

import pikepdf
import pytest

from serment.access import arrivals
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
    wanted = [spare.path_of(day) for day in spare.days()]
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


def test_the_next_day_is_never_a_sunday():
    assert spare.days(date(2026, 11, 27)) == [date(2026, 11, 27), date(2026, 11, 28)]
    assert spare.days(date(2026, 11, 28)) == [date(2026, 11, 28), date(2026, 11, 30)]
