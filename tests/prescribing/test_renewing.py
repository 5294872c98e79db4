"""A renewal follows the treatment that runs; a refused signature says so; addresses that do not read are harmless."""

from __future__ import annotations

from serment.catalogues.selectors import search_medicines
from serment.prescribing.forms import unit_of
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.treatment import Treatment
from serment.record.services import NewEntry, add_entries
from tests.prescribing.test_treatments import FIELDS, key_of, lines_running, page_of, patient  # noqa: F401


def test_a_line_follows_the_treatment_noted_in_words(cabinet, patient):  # noqa: F811
    label = search_medicines("amlodipine 5", limit=1)[0].dci_label
    with cabinet.at_work(cabinet.doctor) as keyring:
        add_entries(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[NewEntry("treatment", Treatment(label=label, dosage="1 le matin"))],
        )
    client = cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**FIELDS, "medicine": key_of("amlodipine 5"), "keep": "long"})
    assert done.status_code == 302
    assert len(lines_running(cabinet, patient)) == 1
    page = client.get(done.url).content.decode()
    assert "?consultation=" not in page


def test_the_register_bears_any_page(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    for asked in ("page=²", "page=" + "9" * 30, "par=²", "par=" + "9" * 30):
        assert client.get(f"/ordonnances/registre/?{asked}").status_code == 200


def test_a_grave_alert_without_its_reason_says_it_is_not_signed(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    with cabinet.at_work(cabinet.doctor) as keyring:
        add_entries(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[NewEntry("allergy", Allergy(substance="amoxicilline"))],
        )
    page = client.post(page_of(patient), {**FIELDS, "medicine": key_of("amoxicilline"), "keep": "none"})
    said = page.content.decode()
    assert page.status_code == 422 and "n’est pas signée" in said and 'aria-invalid="true"' in said


def test_a_renewed_line_counts_in_the_unit_of_its_form():
    assert unit_of("comprimé", "gélule") == "gélule"
    assert unit_of("mL", "gélule") == "mL"
