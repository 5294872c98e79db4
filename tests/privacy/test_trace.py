"""Who opened a record: with the reason of an emergency, and as a paper to hand to the patient (R9.8)."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serment.journal.models import Event
from serment.privacy import emergency
from serment.record import set_aside
from serment.vault.ids import encode

WORDS = "Malaise au cabinet, praticien injoignable"


def words_of(pdf: bytes) -> str:
    import subprocess

    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.fixture
def patient(cabinet):
    """Opened in an emergency by the outsider; the colleague was set aside."""
    made = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        emergency.enable(keyring=keyring, author=cabinet.doctor)
    cabinet._keyrings.clear()
    opened = cabinet.client(cabinet.outsider).post(
        f"/vie-privee/patients/{encode(made.pk)}/urgence/", {"reason": "vital", "words": WORDS}
    )
    assert opened.status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        set_aside.set_aside(
            keyring=keyring, author=cabinet.doctor, patient_id=made.pk, person_id=cabinet.colleague.pk
        )
    return made


def test_the_page_gives_the_reason_and_the_paper(cabinet, patient):
    owner, address = cabinet.client(cabinet.doctor), f"/patients/{encode(patient.pk)}/acces/"
    page = owner.get(address).content.decode()
    assert WORDS in page and "ital" in page and "Dr Sacha Morvan" in page
    assert f"{address}liste.pdf" in page
    paper = owner.get(f"{address}liste.pdf")
    assert paper.status_code == 200 and paper["Content-Type"] == "application/pdf"
    said = words_of(paper.content)
    assert WORDS in said and "Noa Kerjean" in said and "LESTRANGE" in said.upper()
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert len(pdf.pages) >= 1
    with cabinet.at_work(cabinet.doctor):
        assert Event.objects.filter(action="patient.trace_printed", subject_id=patient.pk).count() == 1
    for refused in (cabinet.outsider, cabinet.colleague, cabinet.secretary):
        client = cabinet.client(refused)
        assert client.get(f"{address}liste.pdf").status_code == 403


def test_it_costs_the_same_whatever_its_length(cabinet, patient):
    address = f"/patients/{encode(patient.pk)}/acces/"

    def cost() -> int:
        browser = cabinet.client(cabinet.doctor)
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            browser.get(address)
        return len(seen)

    before = cost()
    for _ in range(3):
        cabinet.client(cabinet.outsider).post(
            f"/vie-privee/patients/{encode(patient.pk)}/urgence/", {"reason": "vital", "words": WORDS}
        )
    assert cost() == before
