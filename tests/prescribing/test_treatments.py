"""An ordonnance and what runs beside it: reconciled treatments, overlap of narcotics, doses that follow the body."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from serment.catalogues.models import GenericGroup, Medicine, Presentation, Shortage
from serment.catalogues.selectors import search_medicines
from serment.catalogues.services import load_starter
from serment.prescribing import services
from serment.prescribing.body import known_body
from serment.prescribing.payloads import Dosage, Line
from serment.prescribing.treatments import running
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.observation import Observation
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.vault.ids import encode

FIELDS = {
    "dose": "1",
    "unit": "dose",
    "when": "m",
    "duration": "1",
    "duration_unit": "month",
    "renewals": "2",
    "ns": "",
    "needed": "",
    "note": "",
    "brand": "",
    "ald": "",
}


@pytest.fixture
def patient(cabinet):
    load_starter()
    return cabinet.patient()


def key_of(query: str) -> str:
    return search_medicines(query, limit=1)[0].key


def page_of(patient) -> str:
    return f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"


def lines_running(cabinet, patient) -> list[str]:
    with cabinet.at_work(cabinet.doctor) as keyring:
        return [item.line for item in running(keyring=keyring, patient_id=patient.pk)]


def test_long_lines_join_the_treatments_once_and_follow_the_dosage(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    both = {name: [value, value] for name, value in FIELDS.items()} | {"duration_unit": ["month", "day"]}
    both |= {
        "medicine": [key_of("amlodipine 5"), key_of("doxycycline")],
        "renewals": ["2", ""],
        "keep": "long",
    }
    assert client.post(page_of(patient), both).status_code == 302
    assert lines_running(cabinet, patient) == [
        "Amlodipine 5 mg, comprimé, 1 comprimé le matin, pendant 1 mois"
    ] or (lines_running(cabinet, patient)[0].startswith("Amlodipine 5 mg"))
    again = {**FIELDS, "medicine": key_of("amlodipine 5"), "when": "ms", "keep": "long"}
    assert client.post(page_of(patient), again).status_code == 302
    found = lines_running(cabinet, patient)
    assert len(found) == 1 and "le matin et le soir" in found[0]


def test_a_treatment_is_stopped_with_its_reason_from_the_ordonnance(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    client.post(page_of(patient), {**FIELDS, "medicine": key_of("ramipril"), "keep": "all"})
    with cabinet.at_work(cabinet.doctor) as keyring:
        treatment = running(keyring=keyring, patient_id=patient.pk)[0]
    page = client.get(page_of(patient)).content.decode()
    assert f"stop-{encode(treatment.id)}" in page and "Reconduire" in page
    stop = {f"stop-{encode(treatment.id)}": "toux"}
    assert (
        client.post(page_of(patient), {**FIELDS, **stop, "medicine": key_of("irbésartan 150")}).status_code
        == 302
    )
    assert lines_running(cabinet, patient) == []
    entry = Entry.unscoped.get(pk=treatment.id)
    with cabinet.at_work(cabinet.doctor) as keyring:
        content = record.patient_keys(keyring, patient.pk).open(entry, "payload")
    assert (content["status"], content["reason"], entry.standing) == ("stopped", "toux", False)


def test_partial_renewal_prints_only_what_is_renewed(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    both = {name: [value, value] for name, value in FIELDS.items()}
    client.post(page_of(patient), {**both, "medicine": [key_of("amlodipine 5"), key_of("atorvastatine 20")]})
    renewed = client.get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    assert "Amlodipine" in renewed and "Atorvastatine" in renewed and "data-remove-line" in renewed
    done = client.post(page_of(patient), {**FIELDS, "medicine": key_of("atorvastatine 20")})
    paper = PdfReader(io.BytesIO(client.get(f"{done.url}ordonnance.pdf").content)).pages[0].extract_text()
    assert "Atorvastatine" in paper and "Amlodipine" not in paper


def test_a_second_narcotic_before_the_first_runs_out_wants_its_reason_and_prints_it(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    given = {
        **FIELDS,
        "medicine": key_of("sulfate de morphine"),
        "duration": "28",
        "duration_unit": "day",
        "renewals": "",
    }
    assert client.post(page_of(patient), given).status_code == 302
    refused = client.post(page_of(patient), given)
    assert refused.status_code == 422 and "chevauche votre ordonnance" in refused.content.decode()
    mark = refused.content.decode().split('name="reason-')[1].split('"')[0]
    done = client.post(page_of(patient), {**given, f"reason-{mark}": "dose augmentée ce jour"})
    assert done.status_code == 302
    paper = " ".join(
        PdfReader(io.BytesIO(client.get(f"{done.url}ordonnance.pdf").content)).pages[0].extract_text().split()
    )
    assert "Chevauchement voulu par le prescripteur : dose augmentée ce jour" in paper
    assert "dix milligrammes" in paper and "pendant vingt-huit jours" in paper
    with cabinet.at_work(cabinet.colleague) as keyring:
        key = key_of("sulfate de morphine")
        lines = [Line(medicine=key, dci_label="Morphine", dosage=Dosage(duration=28))]
        report = services.check(keyring=keyring, author=cabinet.colleague, patient_id=patient.pk, lines=lines)
    assert not [a for a in report.alerts if a.kind == "chevauchement"], "another prescriber is not concerned"


@pytest.mark.parametrize(
    ("dosage", "weight", "clearance", "dose", "unit"),
    [
        ({"per_kg": 15}, 20.0, None, "300", "mg"),
        ({"per_kg": 15, "max_dose": 1000}, 90.0, None, "1000", "mg"),
        ({"per_kg": 15}, None, None, "1", "comprimé"),
        ({"dose": 1000, "unit": "mg", "renal_below": 60, "renal_dose": 500}, None, 45.0, "500", "mg"),
        ({"dose": 1000, "unit": "mg", "renal_below": 60, "renal_dose": 500}, None, 80.0, "1000", "mg"),
        ({"dose": 1000, "unit": "mg", "renal_below": 60, "renal_dose": 500}, None, None, "1000", "mg"),
    ],
)
def test_a_dose_follows_the_weight_and_the_kidney_where_they_are_known(dosage, weight, clearance, dose, unit):
    fitted = Dosage(**dosage).fitted(weight_kg=weight, clearance=clearance)
    assert (fitted.dose, fitted.unit) == (Decimal(dose), unit)


def test_a_protocol_works_the_dose_out_for_this_patient(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    lines = {
        **FIELDS,
        "medicine": key_of("paracétamol 24"),
        "per_kg": "15",
        "max_dose": "1000",
        "duration_unit": "day",
        "dose": "450",
        "unit": "mg",
    }
    done = client.post(page_of(patient), {**lines, "weight": "30", "when": "4", "renewals": ""})
    client.post(f"{done.url}protocole/", {"label": "Fièvre de l’enfant"})
    page = client.get(page_of(patient)).content.decode()
    protocol = page.split('"protocol": "')[1].split('"')[0]
    for weight, shown in (("20", 'value="300"'), ("", "Dose selon poids : non renseigné")):
        answer = client.post(
            "/medicaments/protocole/", {"protocol": protocol, "weight": weight}
        ).content.decode()
        assert shown in answer


def test_what_the_record_knows_of_the_body_is_offered(cabinet, patient, django_assert_max_num_queries):
    today = timezone.localdate()
    new = [
        record.NewEntry("measure", MeasureSet(values={"weight": 61.0, "height": 165.0})),
        record.NewEntry(
            "observation", Observation(label="Créatinine", value=130, unit="µmol/L", loinc="14682-9")
        ),
        record.NewEntry("pregnancy", Pregnancy(lmp=today - timedelta(days=80))),
    ]
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new)
        with django_assert_max_num_queries(9):
            body = known_body(keyring=keyring, patient_id=patient.pk)
    assert (body.weight_kg, body.height_cm, body.pregnant) == (61.0, 165.0, True)
    assert body.clearance and 40 < body.clearance < 60
    page = cabinet.client(cabinet.doctor).get(page_of(patient)).content.decode()
    assert 'value="61.0"' in page or 'value="61,0"' in page
    refused = cabinet.client(cabinet.doctor).post(
        page_of(patient),
        {**FIELDS, "medicine": key_of("ibuprofène 400"), "duration": "3", "pregnant": "true"},
    )
    assert refused.status_code == 422 and "grossesse" in refused.content.decode()


def test_an_allergy_is_met_by_its_code_whatever_its_name(cabinet, patient):
    medicine = Medicine.objects.get(key=key_of("doxycycline"))
    code = medicine.substances[0][0]
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="Vibramycine", code=code),
        )
        line = Line(medicine=medicine.key, dci_label=medicine.dci_label, dosage=Dosage(unit="dose"))
        report = services.check(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, lines=[line])
    assert [a.level for a in report.alerts if a.kind == "allergie"] == ["allergie"]


@pytest.mark.parametrize(("codes", "found"), [({"cisp": "K25"}, False), ({"code": "K25"}, True)])
def test_a_cisp2_code_is_not_read_as_one_of_the_cim10(cabinet, patient, codes, found):
    """K25 is a stomach ulcer in CIM-10, something else in CISP-2: an anti-inflammatory is refused to the first alone."""
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        record.add_entry(**given, kind="problem", payload=Problem(label="zz", **codes))
        line = Line(medicine=key_of("ibuprofène 400"), dci_label="Ibuprofène", dosage=Dosage())
        report = services.check(**given, lines=[line])
    assert any("lcère" in str(alert) for alert in report.alerts) is found


def test_boxes_generics_and_supply_of_a_medicine(cabinet, patient, django_assert_max_num_queries):
    GenericGroup.objects.create(code="7", label="FICTIVINE 5 mg – PRINCEPS 5 mg")
    for number, name in ((1, "PRINCEPS 5 mg"), (2, "FICTIVINE LABO 5 mg")):
        Medicine.objects.create(
            key=f"bdpm:{number}",
            source="bdpm",
            name=name,
            dci_label="Fictivine 5 mg, comprimé",
            form="comprimé",
            generic_group="7",
            generic_type=str(number - 1),
        )
    Presentation.objects.create(
        cip13="1", medicine_key="bdpm:1", label="boîte de 30", rate="65%", price_cents=300, public_cents=402
    )
    Shortage.objects.create(
        medicine_key="bdpm:1", code="2", label="Tension d’approvisionnement", since=date(2026, 5, 1)
    )
    client = cabinet.client(cabinet.doctor)
    with django_assert_max_num_queries(20):
        shown = client.post("/medicaments/boites/", {"key": "bdpm:1"}).content.decode()
    for text in (
        "boîte de 30",
        "65",
        "4,02",
        "Tension d’approvisionnement depuis le 01/05/2026",
        "FICTIVINE LABO",
        "Prendre à la place",
    ):
        assert text in shown, text
    lone = client.post("/medicaments/boites/", {"key": key_of("doxycycline")}).content.decode()
    assert "importez-la" in lone
    assert client.post("/medicaments/boites/", {"key": "bdpm:99"}).status_code == 404


def test_the_register_filters_counts_prints_and_keeps_the_cancelled(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    first = client.post(page_of(patient), {**FIELDS, "medicine": key_of("doxycycline")}).url
    order = page_of(patient).replace("nouvelle", "demande")
    client.post(
        order,
        {
            "kind": "nursing",
            "text": "Pansement simple",
            "frequency": "un jour sur deux",
            "duration": "10 jours",
        },
    )
    client.get(f"{first}ordonnance.pdf")
    client.get(f"{first}ordonnance.pdf")
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = Entry.objects.filter(kind="prescription").order_by("occurred_at").first()
        record.mark_in_error(
            keyring=keyring, author=cabinet.doctor, entry_id=entry.pk, reason="erreur de patient"
        )
    whole = client.get("/ordonnances/registre/").content.decode()
    assert "Doxycycline" in whole and "Pansement simple" in whole and "annulée" in whole
    assert "2, dont 1 duplicata" in whole and "jamais" in whole
    nursing = client.get("/ordonnances/registre/?nature=nursing").content.decode()
    assert "Pansement simple" in nursing and "Doxycycline" not in nursing
    past = client.get("/ordonnances/registre/?au=2020-01-01").content.decode()
    assert "avec ces filtres" in past
    assert client.get("/ordonnances/registre/?du=nimporte&page=zz&par=x").status_code == 200
    paper = " ".join(
        PdfReader(io.BytesIO(client.get(f"{first}ordonnance.pdf").content)).pages[0].extract_text().split()
    )
    assert "ANNULÉE – NE PAS DÉLIVRER" in paper and "DUPLICATA" in paper
