"""A protocol shows what makes its doses vary, lets it be changed, and never takes the place of another unasked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from serment.catalogues.models import Medicine
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line
from serment.prescribing.safety import Item, duplicates
from tests.prescribing.test_fitting import near
from tests.prescribing.test_protocols import PAGE, kept
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401

CHILD = {
    **FIELDS,
    "dose": "450",
    "unit": "mg",
    "per_kg": "15",
    "max_dose": "1000",
    "weight": "30",
    "when": "4",
    "duration": "3",
    "duration_unit": "day",
    "renewals": "",
    "keep": "none",
}
VARIABLES = {"dose": "", "per_kg": "15", "max_dose": "1000", "renal_below": "", "renal_dose": ""}


def fever(cabinet, patient):  # noqa: F811
    """(client, its address): a protocol by weight, kept from the ordonnance of a child of 30 kg."""
    client = cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**CHILD, "medicine": key_of("paracétamol 24")})
    assert client.post(f"{done.url}protocole/", {"label": "Fièvre"}).status_code == 302
    page = client.get(PAGE).content.decode()
    return client, page.split(f'action="{PAGE}')[1].split('"')[0]


def lines(cabinet) -> list[Line]:
    with cabinet.at_work(cabinet.doctor):
        return [Line.model_validate(line) for line in Protocol.objects.get().lines]


def test_its_page_says_what_the_dose_depends_on(cabinet, patient):  # noqa: F811
    client, _ = fever(cabinet, patient)
    page = client.get(PAGE).content.decode()
    assert "15 mg/kg par prise, 1000 mg au plus, 4 fois par jour" in page.replace("\u202f", "")
    assert "450" not in page and 'name="per_kg" value="15"' in page


def test_its_variables_are_changed_on_its_page(cabinet, patient):  # noqa: F811
    client, at = fever(cabinet, patient)
    given = {"label": "Fièvre", **VARIABLES, "per_kg": "12,5", "renal_below": "60", "renal_dose": "250"}
    assert client.post(f"{PAGE}{at}", given).status_code == 302
    dosage = lines(cabinet)[0].dosage
    assert (dosage.per_kg, dosage.max_dose, dosage.renal_below) == (Decimal("12.5"), 1000, 60)
    page = client.get(PAGE).content.decode()
    assert "12,5 mg/kg par prise" in page and "250 mg si la clairance est sous 60 mL/min" in page
    laid = client.get(page_of(patient)).content.decode().split('"protocol": "')[1].split('"')[0]
    shown = client.post("/medicaments/protocole/", {"protocol": laid, "weight": "20"}).content.decode()
    assert "12,5 mg/kg × 20 kg = 250 mg par prise" in shown
    fixed = {"label": "Fièvre", **VARIABLES, "per_kg": "", "max_dose": "", "dose": "500"}
    assert client.post(f"{PAGE}{at}", fixed).status_code == 302
    assert (lines(cabinet)[0].dosage.dose, lines(cabinet)[0].dosage.per_kg) == (500, 0)


@pytest.mark.parametrize(
    ("more", "name"),
    [({"per_kg": "beaucoup"}, "per_kg"), ({"per_kg": ""}, "per_kg"), ({"renal_below": "60"}, "renal_dose"), ({"per_kg": "", "max_dose": ""}, "dose")],
)  # fmt: skip
def test_a_variable_that_does_not_read_is_said_at_its_field(cabinet, patient, more, name):  # noqa: F811
    client, at = fever(cabinet, patient)
    answer = client.post(f"{PAGE}{at}", {"label": "Fièvre", **VARIABLES, **more})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'aria-invalid="true"' in near(page, name)
    assert all(value in page for value in more.values()) and lines(cabinet)[0].dosage.per_kg == 15


def test_a_name_already_taken_is_asked_about_before_it_is_replaced(cabinet, patient):  # noqa: F811
    kept(cabinet, patient, "Tension")
    client = cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**CHILD, "medicine": key_of("paracétamol 24")})
    asked = client.post(f"{done.url}protocole/", {"label": "Tension", "shared": "1"})
    page = asked.content.decode()
    assert asked.status_code == 422 and 'name="replace"' in page and 'value="Tension"' in page
    assert "Amlodipine" in client.get(PAGE).content.decode()
    assert client.post(f"{done.url}protocole/", {"label": "Tension", "replace": "1"}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Paracétamol" in page and "Amlodipine" not in page


def test_a_weight_out_of_bounds_is_said_with_a_french_comma(cabinet, patient):  # noqa: F811
    page = cabinet.client(cabinet.doctor).post(page_of(patient), {"free": "Repos", "weight": "0,1"})
    assert page.status_code == 422
    assert "0,3" in page.content.decode() and "0.3" not in page.content.decode()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("INSULINE GLARGINE ", "INSULINE GLARGINE "), "insuline glargine"),
        (("ACÉTYLSALICYLATE DE DL-LYSINE", "ACÉTYLSALICYLATE DE DL-LYSINE"), "acétylsalicylate de dl-lysine"),
        (("ACÉTYLSALICYLIQUE (ACIDE)", "DL-LYSINE (ACÉTYLSALICYLATE DE)"), "acide acétylsalicylique"),
        (("METFORMINE (CHLORHYDRATE DE)", "METFORMINE"), "metformine"),
    ],
)
def test_a_duplicate_names_the_substance_as_the_catalogue_does(names, said):
    items = [
        Item(n, Medicine(key=f"x:{n}", name=name, dci_label=name, substances=[["", name, "SA", "", "1"]]))
        for n, name in enumerate(names)
    ]
    assert duplicates.check(items)[0].text == f"Même substance : {said}."
