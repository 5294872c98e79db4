"""Tests and computations are one gesture away, from the record and from a consultation under way."""

from __future__ import annotations

import re

from serment.vault.ids import encode
from serment.vault.paths import path


def test_the_record_and_the_consultation_lead_to_every_test(cabinet, patient, record_path):
    browser = cabinet.client(cabinet.doctor)
    tests = path("record:tests", patient.pk)
    assert f'href="{tests}"' in browser.get(record_path).content.decode()
    consultation = browser.get(f"{record_path}consultation/").content.decode()
    assert re.search(rf'<a [^>]*data-after-draft[^>]*href="{re.escape(tests)}"', consultation)
    page = browser.get(tests).content.decode()
    assert "PHQ-9" in page and "Fonction rénale" in page and "Reprendre la consultation" not in page


def test_a_consultation_being_written_is_taken_up_again(cabinet, patient, record_path):
    browser = cabinet.client(cabinet.doctor)
    browser.get(f"{record_path}consultation/")
    browser.post(f"{record_path}consultation/brouillon/", {"reason": "fatigue", "page": "a" * 32})
    page = browser.get(path("record:tests", patient.pk)).content.decode()
    assert "Reprendre la consultation" in page
    asked = path("record:score", patient.pk, "phq9")
    answers = {f"item-{place}": "1" for place in range(9)}
    answered = browser.post(asked, answers)
    assert answered.status_code == 302 and answered["Location"] == path("record:tests", patient.pk)
    assert "9 sur 27" in browser.get(answered["Location"]).content.decode()


def test_who_does_not_write_in_records_has_no_tests(cabinet, patient):
    assert (
        cabinet.client(cabinet.secretary).get(f"/patients/{encode(patient.pk)}/dossier/tests/").status_code
        == 403
    )
