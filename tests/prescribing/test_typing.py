"""What is typed on the pages of an ordonnance: said wrong at its field, never lost, never cut, never a page that breaks."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from serment.catalogues.services import load_starter
from serment.prescribing import numbers
from serment.prescribing.payloads import Dosage, Line, Prescription
from serment.record import services as record
from serment.record.models import Entry
from serment.vault.ids import encode
from tests.prescribing.test_kinds import text_of
from tests.prescribing.test_services import FIELDS
from tests.prescribing.test_treatments import key_of

MORE = ("per_kg", "max_dose", "renal_below", "renal_dose", "max_a_day", "boxes")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def patient(cabinet):
    load_starter()
    return cabinet.patient()


def page_of(patient, name: str = "nouvelle") -> str:
    return f"/patients/{encode(patient.pk)}/ordonnances/{name}/"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), ("0,5", "0.5"), ("0.125", "0.125"), ("½", "0.5"), ("1½", "1.5"), ("1 ½", "1.5"), ("1/4", "0.25"), ("2 1/2", "2.5"), ("", "1"), (" 10 ", "10")],
)  # fmt: skip
def test_doses_as_they_are_typed(text, value):
    assert numbers.decimal(text, high=10_000, empty=Decimal(1)) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["nan", "sNaN", "inf", "1e3", "1_0", "²", "①", "-1", "1,2,3", "0,3333333", "10001", "½½", "1,5½", "٣", "½ 1", "."]
)  # fmt: skip
def test_what_is_no_dose(text):
    with pytest.raises(numbers.BadNumber):
        numbers.decimal(text, high=10_000)


WRONG = [
    ("dose", "nan"),
    ("dose", "sNaN"),
    ("dose", "0,3333333"),
    ("dose", "0"),
    ("dose", ""),
    ("duration", "²"),
    ("renewals", "²"),
    ("boxes", "①"),
    ("per_kg", "5000"),
    ("per_kg", "nan"),
    ("max_dose", "nan"),
    ("renal_dose", "nan"),
    ("max_a_day", "²"),
    ("note", "x" * 201),
    ("when", "jamais"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_it_is_said_at_its_field_and_all_is_kept(cabinet, patient, name, value):
    client = cabinet.client(cabinet.doctor)
    given = FIELDS | dict.fromkeys(MORE, "") | {"medicine": key_of("doxycycline"), "note": "au repas"}
    answer = client.post(page_of(patient), {**given, name: value, "free": "Boire de l’eau"})
    page = answer.content.decode()
    assert answer.status_code == 422
    at = page.index(f'name="{name}"')
    assert 'aria-invalid="true"' in page[at : at + 400], name
    assert "Doxycycline" in page and "Boire de l’eau" in page and (name in ("note", "when") or value in page)
    assert not Entry.unscoped.filter(kind="prescription").exists()
    checked = client.post(page_of(patient, "verifier"), {**given, name: value})
    assert checked.status_code == 200 and "Ligne 1" in checked.content.decode()


def test_thirty_one_lines_are_refused_none_is_lost(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    free = [f"Conseil n° {n}" for n in range(31)]
    answer = client.post(page_of(patient), {"free": free})
    assert answer.status_code == 422 and "30 lignes au plus" in answer.content.decode()
    assert all(text in answer.content.decode() for text in free)
    medicines = {name: [value] * 31 for name, value in FIELDS.items()} | {
        "medicine": [key_of("doxycycline")] * 31
    }
    answer = client.post(page_of(patient), medicines)
    assert answer.status_code == 422 and answer.content.decode().count('name="medicine"') == 31
    answer = client.post(page_of(patient, "demande"), {"kind": "biology", "text": free})
    assert answer.status_code == 422 and "30 lignes au plus" in answer.content.decode()
    assert all(text in answer.content.decode() for text in free)
    assert not Entry.unscoped.filter(kind="prescription").exists()


def test_a_line_too_long_is_refused_whole(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    answer = client.post(page_of(patient), {"free": "x" * 5000})
    assert answer.status_code == 422 and "x" * 5000 in answer.content.decode()
    assert "500 caractères au plus" in answer.content.decode()
    for name, size in (("text", 501), ("note", 201)):
        given = {"kind": "biology", "text": "NFS", "count": "", "note": "", "item": ""} | {name: "y" * size}
        answer = client.post(page_of(patient, "demande"), given)
        assert answer.status_code == 422 and "y" * size in answer.content.decode()
    given = {"kind": "biology", "text": "NFS", "count": "²"}
    answer = client.post(page_of(patient, "demande"), given)
    assert answer.status_code == 422 and "la quantité est entre 1 et 99" in answer.content.decode()
    long = {"free": "Repos", "pharmacy": "z" * 121}
    assert client.post(page_of(patient), long).status_code == 422
    assert client.post(page_of(patient), {"free": "Repos", "reason-x": "z" * 301}).status_code == 422
    assert not Entry.unscoped.filter(kind="prescription").exists()


def test_signing_by_script_goes_on_and_its_refusals_come_back_in_the_page(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    answer = client.post(page_of(patient), {"free": "Repos"}, **HTMX)
    assert answer.status_code == 204 and answer["HX-Redirect"].startswith("/ordonnances/")
    answer = client.post(page_of(patient, "demande"), {"kind": "biology", "text": "NFS"}, **HTMX)
    assert answer.status_code == 204 and answer["HX-Redirect"].startswith("/ordonnances/")
    assert client.post(page_of(patient), {"free": ""}, **HTMX).status_code == 422
    ended = cabinet.client(cabinet.doctor)
    ended.cookies.clear()
    assert ended.post(page_of(patient), {"free": "Repos"}, **HTMX).status_code == 401


def test_a_patch_every_72_hours_on_secured_paper(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    given = FIELDS | {
        "medicine": key_of("fentanyl 25"),
        "unit": "patch",
        "when": "h72",
        "duration": "28",
        "renewals": "",
    }
    page = client.post(page_of(patient), given)
    reasons = {
        f"reason-{mark}": "douleur du cancer"
        for mark in re.findall(r'name="reason-(\w+)"', page.content.decode())
    }
    done = page if page.status_code == 302 else client.post(page_of(patient), given | reasons)
    assert done.status_code == 302, page.content.decode()
    paper = text_of(client.get(f"{done.url}ordonnance.pdf"))
    assert "un patch, toutes les soixante-douze heures, pendant vingt-huit jours" in paper
    assert "Soit dix patchs en tout" in paper
    again = client.get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    assert '<option value="h72" selected>' in again


def test_a_dose_signed_before_the_bound_still_prints(cabinet, patient):
    line = Line(medicine="starter:1", dci_label="Morphine 10 mg, gélule", secured=True)
    line.dosage = Dosage(dose=Decimal("0.3333333"), unit="gélule", duration=7)
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="prescription",
            payload=Prescription(lines=[line], number="2026-X"),
        )
    answer = cabinet.client(cabinet.doctor).get(f"/ordonnances/{encode(entry.pk)}/ordonnance.pdf")
    assert answer.status_code == 200 and "zéro virgule trois trois" in text_of(answer)
