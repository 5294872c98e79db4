"""A renewal follows the treatment that runs; a refused signature says so; addresses that do not read are harmless."""

from __future__ import annotations

from serment.catalogues.selectors import search_medicines
from serment.practice.models import Practitioner
from serment.prescribing.payloads import DOSE_UNITS
from serment.prescribing.units import unit_of, units_for
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


def test_a_treatment_noted_in_short_words_is_followed_not_doubled(cabinet, patient):  # noqa: F811
    with cabinet.at_work(cabinet.doctor) as keyring:
        add_entries(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[NewEntry("treatment", Treatment(label="amlodipine 5mg"))],
        )
    client = cabinet.client(cabinet.doctor)
    done = client.post(page_of(patient), {**FIELDS, "medicine": key_of("amlodipine 5"), "keep": "all"})
    assert done.status_code == 302
    assert len(lines_running(cabinet, patient)) == 1


def test_two_lines_of_one_medicine_make_one_treatment_and_its_renewal_too(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    key = key_of("amlodipine 5")
    both = {name: [value, value] for name, value in FIELDS.items()}
    both |= {"medicine": [key, key], "when": ["m", "s"], "keep": "all"}
    for _ in range(2):
        assert client.post(page_of(patient), both).status_code == 302
        found = lines_running(cabinet, patient)
        assert len(found) == 1 and "le matin" in found[0] and "le soir" in found[0]


def test_a_running_treatment_is_put_once_on_the_ordonnance(cabinet, patient):  # noqa: F811
    client, key = cabinet.client(cabinet.doctor), key_of("amlodipine 5")
    assert "data-line" in client.post("/medicaments/ligne/", {"key": key, "once": "1"}).content.decode()
    again = client.post("/medicaments/ligne/", {"key": key, "once": "1", "medicine": [key]})
    assert again.status_code == 204 and "ordonnance" in again.headers["HX-Trigger"]


def test_a_unit_that_the_form_does_not_have_wants_its_reason(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    wrong = {**FIELDS, "medicine": key_of("amlodipine 5"), "unit": "mL", "dose": "7"}
    refused = client.post(page_of(patient), wrong)
    said = refused.content.decode()
    assert refused.status_code == 422 and "la dose est en « mL »" in said and 'value="7"' in said
    mark = said.split('name="reason-')[1].split('"')[0]
    assert client.post(page_of(patient), {**wrong, f"reason-{mark}": "écrasé dans l’eau"}).status_code == 302
    assert client.post(page_of(patient), {**wrong, "unit": "mg"}).status_code == 302


def test_the_units_of_the_usual_forms():
    assert units_for("comprimé pelliculé")[0] == "comprimé" and "mL" not in units_for("comprimé pelliculé")
    assert "sachet" in units_for("solution buvable") and "comprimé" not in units_for("sirop")
    assert "goutte" in units_for("comprimé et solution(s) et granules"), "one name for several forms"
    assert set(units_for("gaz")) == set(DOSE_UNITS), "a form that says nothing takes every unit"


def test_a_renewed_line_counts_in_the_unit_of_its_form():
    assert unit_of("comprimé", "gélule") == "gélule"
    assert unit_of("mL", "gélule") == "mL"


def test_renewing_takes_ones_own_last_first_and_says_whose_it_is(cabinet, patient):  # noqa: F811
    owner, other = cabinet.client(cabinet.doctor), cabinet.client(cabinet.colleague)
    last = f"{page_of(patient)}?renouveler=derniere"
    assert "Aucune ordonnance de médicaments à reprendre" in owner.get(last).content.decode()
    assert other.post(page_of(patient), {**FIELDS, "medicine": key_of("doxycycline")}).status_code == 302
    page = owner.get(last).content.decode()
    assert "Doxycycline" in page and "Vous n’en avez signé aucune pour ce patient" in page
    assert cabinet.colleague.display_name in page
    assert owner.post(page_of(patient), {**FIELDS, "medicine": key_of("paracétamol 1 g")}).status_code == 302
    assert other.post(page_of(patient), {**FIELDS, "medicine": key_of("fer 80")}).status_code == 302
    page = owner.get(last).content.decode()
    assert key_of("paracétamol 1 g") in page and "eprise de l’ordonnance" not in page
    assert "Fer 80" not in page.split('id="lines"')[1]


def test_renewing_leaves_out_what_the_profession_may_not_write(cabinet, patient):  # noqa: F811
    other = cabinet.client(cabinet.colleague)
    with cabinet.at_work(cabinet.colleague):
        Practitioner.objects.filter(pk=cabinet.doctor.practitioner_id).update(profession="sage_femme")
    both = {name: [value] * 2 for name, value in FIELDS.items()}
    both["medicine"] = [key_of("metformine"), key_of("fer 80")]
    signed = other.post(page_of(patient), both)
    assert signed.status_code == 302
    page = cabinet.client(cabinet.doctor).get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    assert "Non repris, hors de ce que votre profession prescrit : Metformine" in page
    lines = page.split('id="lines"')[1].split('id="alerts"')[0]
    assert key_of("fer 80") in lines and key_of("metformine") not in lines
