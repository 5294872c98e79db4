"""The emergency sheet: encrypted, with names and phones, without any reason (P-SAUV-4)."""

from __future__ import annotations

import io

import pikepdf
import pytest

from tests.world import build_world

SECRET = "moulin-a-vent-7"


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_it_opens_with_its_secret_alone(world, settings, tmp_path):
    settings.DEGRADED_DIR = str(tmp_path / "secours")
    (tmp_path / "secours").mkdir()
    (tmp_path / "secours" / "secours-2020-01-01.pdf").write_bytes(b"old")
    browser = world.cabinet.client(world.cabinet.secretary)
    answer = browser.post("/agenda/secours/", {"secret": SECRET})
    assert answer["Content-Type"] == "application/pdf"
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(answer.content))
    with pikepdf.open(io.BytesIO(answer.content), password=SECRET) as pdf:
        assert pdf.encryption.R == 6 and len(pdf.pages) == 1
    left = list((tmp_path / "secours").iterdir())
    assert [path.read_bytes() for path in left] == [answer.content], "yesterday's is gone"


def test_a_weak_secret_is_refused_at_the_field(world):
    browser = world.cabinet.client(world.cabinet.secretary)
    answer = browser.post("/agenda/secours/", {"secret": "aaaaaaaaaaaaaa"})
    assert answer.status_code == 422 and "au moins 12 caractères" in answer.content.decode()
