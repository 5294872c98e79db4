"""A dose that follows the weight or the kidney: worked out on the line, seen before it is signed, printed as seen."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from serment.prescribing.payloads import Dosage
from serment.record.models import Entry
from tests.prescribing.test_kinds import text_of
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401

LINE = {**FIELDS, "unit": "comprimé", "when": "1", "duration": "5", "duration_unit": "day", "renewals": ""}


def field(page: str, name: str) -> str:
    """The value of the first field of that name."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def near(page: str, name: str) -> str:
    at = page.index(f'name="{name}"')
    return page[at : at + 400]


def selected(page: str) -> str:
    return page.split('name="unit"')[1].split(" selected>")[1].split("<")[0]


def test_a_dose_by_weight_typed_on_a_line_is_shown_then_signed_then_printed(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    given = {**LINE, "medicine": key_of("paracétamol 24"), "unit": "mL", "per_kg": "40", "weight": "13"}
    page = client.post(page_of(patient), given)
    assert page.status_code == 422 and not Entry.unscoped.filter(kind="prescription").exists()
    shown = page.content.decode()
    assert field(shown, "dose") == "520" and selected(shown) == "mg"
    assert "40 mg/kg × 13 kg = 520 mg par prise" in shown and 'aria-invalid="true"' in near(shown, "dose")
    done = client.post(page_of(patient), {**given, "dose": "520", "unit": "mg"})
    assert done.status_code == 302
    paper = text_of(client.get(f"{done.url}ordonnance.pdf"))
    assert "520 mg (40 mg/kg) 1 fois par jour" in paper and "13,0 kg" in paper


def test_the_panel_works_the_dose_out_while_it_is_typed(cabinet, patient):  # noqa: F811
    client, check = cabinet.client(cabinet.doctor), page_of(patient).replace("nouvelle", "verifier")
    given = {**LINE, "medicine": key_of("paracétamol 24"), "unit": "mL", "per_kg": "25"}
    for weight, dose in (("18", "450"), ("30", "750")):
        answer = client.post(check, {**given, "weight": weight})
        told = json.loads(answer["HX-Trigger"])["doses"]["lines"][0]
        assert (told["dose"], told["unit"]) == (dose, "mg") and f"{dose} mg par prise" in told["worked"]
    told = json.loads(client.post(check, given)["HX-Trigger"])["doses"]["lines"][0]
    assert told["missing"] and "dose selon poids : non renseigné" in told["worked"]
    plain = client.post(check, {**LINE, "medicine": key_of("paracétamol 24")})
    assert json.loads(plain["HX-Trigger"])["doses"]["lines"] == []


def test_the_weight_changed_after_the_dose_was_worked_out_works_it_out_again(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    given = {**LINE, "medicine": key_of("paracétamol 24"), "dose": "450", "unit": "mg", "per_kg": "25"}
    assert client.post(page_of(patient), {**given, "weight": "18"}).status_code == 302
    page = client.post(page_of(patient), {**given, "weight": "30"})
    assert page.status_code == 422 and field(page.content.decode(), "dose") == "750"
    done = client.post(page_of(patient), {**given, "weight": "30", "dose": "750"})
    assert "750 mg (25 mg/kg)" in text_of(client.get(f"{done.url}ordonnance.pdf"))


@pytest.mark.parametrize(
    ("more", "name", "said"),
    [
        ({"per_kg": "25"}, "per_kg", "poids"),
        ({"renal_below": "60", "renal_dose": "0,5"}, "renal_below", "clairance"),
        ({"renal_below": "60", "clearance": "45"}, "renal_dose", "dose réduite"),
        ({"renal_dose": "0,5", "clearance": "45"}, "renal_below", "clairance"),
        ({"max_dose": "500"}, "per_kg", "plafond"),
    ],
)
def test_a_dose_that_hangs_on_nothing_is_refused_at_its_field(cabinet, patient, more, name, said):  # noqa: F811
    page = cabinet.client(cabinet.doctor).post(
        page_of(patient), {**LINE, "medicine": key_of("paracétamol 500"), **more}
    )
    assert page.status_code == 422 and not Entry.unscoped.filter(kind="prescription").exists()
    assert 'aria-invalid="true"' in near(page.content.decode(), name)
    assert said in near(page.content.decode(), name).lower()


def test_the_kidney_reduces_a_dose_and_gives_it_back(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    given = {**LINE, "medicine": key_of("paracétamol 500"), "renal_below": "60", "renal_dose": "0,5"}
    page = client.post(page_of(patient), {**given, "clearance": "45"}).content.decode()
    assert field(page, "dose") == "0,5" and field(page, "usual_dose") == "1"
    assert "45 mL/min, sous 60" in page and "½ comprimé au lieu de 1 comprimé" in page
    reduced = {**given, "dose": "0,5", "usual_dose": "1"}
    again = client.post(page_of(patient), {**reduced, "clearance": "80"}).content.decode()
    assert field(again, "dose") == "1" and field(again, "usual_dose") == ""
    done = client.post(page_of(patient), {**reduced, "clearance": "45"})
    assert done.status_code == 302
    assert "½ comprimé 1 fois par jour" in text_of(client.get(f"{done.url}ordonnance.pdf"))
    renewed = client.get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    assert field(renewed, "dose") == "1" and "non renseigné" in renewed


@pytest.mark.parametrize(
    ("per_kg", "weight", "max_dose", "dose"),
    [("0.15", 18.0, 0, "2.7"), ("0.1", 3.0, 0, "0.3"), ("15", 7.3, 0, "110"), ("15", 90.0, 1000, "1000")],
)
def test_a_small_dose_is_never_rounded_up_to_a_milligram(per_kg, weight, max_dose, dose):
    fitted = Dosage(per_kg=per_kg, max_dose=max_dose).fitted(weight_kg=weight, clearance=None)
    assert fitted.dose == Decimal(dose)
