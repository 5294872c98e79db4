"""The pages, as each persona finds them."""

from __future__ import annotations

import pytest

from serment.catalogues.services import load_starter
from serment.journal.models import Event
from serment.record import selectors
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.models import Entry
from serment.vault.ids import encode
from serment.vault.marks import mark


def text(response) -> str:
    return response.content.decode()


def views_of(action: str = "record.viewed") -> int:
    return Event.unscoped.filter(action=action).count()


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def test_the_record_says_who_wrote_what_and_a_look_is_one_event(cabinet, doctor, add, record_path):
    add("allergy", Allergy(substance="Pénicilline"))
    add("consultation", Consultation(reason="toux", conclusion="repos trois jours"))
    page = text(doctor.get(record_path))
    assert views_of() == 1
    assert "Allergie : Pénicilline" in page and "repos trois jours" in page
    assert cabinet.doctor.display_name in page
    assert "<details><summary>toux" in page
    assert "<details><summary>toux" not in text(doctor.get(record_path + "?type=allergy"))


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("doctor", 200),
        ("colleague", 200),
        ("substitute", 200),
        ("outsider", 403),
        ("secretary", 403),
        ("manager", 403),
        ("technician", 403),
        ("accounting", 403),
        ("stranger", 404),
    ],
)
def test_who_opens_a_record(cabinet, add, record_path, person, status):
    entry = add("allergy", Allergy(substance="Pénicilline"))
    client = cabinet.client(getattr(cabinet, person))
    for path in (
        record_path,
        record_path + "mesures/",
        record_path + "consultation/",
        f"{record_path}ajouter/{mark('problem')}/",
        f"/dossier/elements/{encode(entry.pk)}/",
        f"/dossier/elements/{encode(entry.pk)}/corriger/",
    ):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert status == 200 or "Pénicilline" not in text(answer)
    if status != 200:
        assert views_of() == 0


def test_a_quick_addition_in_the_page_and_without_script(doctor, record_path):
    path = f"{record_path}ajouter/{mark('history')}/"
    fragment = text(doctor.get(path, headers={"HX-Request": "true"}))
    assert "<html" not in fragment and "hx-post" in fragment
    bad = doctor.post(path, {"text": ""}, headers={"HX-Request": "true"})
    assert bad.status_code == 422 and "<html" not in text(bad)
    good = doctor.post(path, {"text": "Appendicectomie", "side": "surgical"}, headers={"HX-Request": "true"})
    assert good.status_code == 204 and good["HX-Redirect"] == record_path
    assert doctor.post(path, {"text": "Diabète", "side": "family"})["Location"] == record_path
    page = text(doctor.get(record_path))
    assert "Chirurgical\u00a0: Appendicectomie" in page and "Familial\u00a0: Diabète" in page
    assert doctor.get(f"{record_path}ajouter/{mark('prescription')}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("problem", {"label": "Asthme", "code": "j45", "status": "active"}),
        ("allergy", {"substance": "Pénicilline", "certainty": "confirmed"}),
        ("treatment", {"label": "Metformine 500 mg", "status": "running"}),
        ("measure", {"m_weight": "72,5", "m_height": "175"}),
        ("note", {"text": "Appel de la fille, tout va bien."}),
    ],
)
def test_each_kind_is_added_then_corrected(doctor, record_path, kind, data):
    assert doctor.post(f"{record_path}ajouter/{mark(kind)}/", data).status_code == 302
    entry = Entry.unscoped.get(kind=kind)
    path = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    form = doctor.get(path).context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    name = (
        "m_weight"
        if kind == "measure"
        else "substance"
        if kind == "allergy"
        else "text"
        if kind == "note"
        else "label"
    )
    again[name] = "73" if kind == "measure" else "Autre texte"
    refused = doctor.post(path, {**again, "version": 1, "why": ""})
    assert refused.status_code == 422
    assert doctor.post(path, {**again, "version": 1, "why": "erreur de frappe"}).status_code == 302
    page = text(doctor.get(f"/dossier/elements/{encode(entry.pk)}/"))
    assert "erreur de frappe" in page and "<ins>" in page and "signature vérifiée" in page


def test_a_choice_of_the_catalogue_brings_its_code(cabinet, patient, doctor, record_path, db):
    load_starter()
    found = text(doctor.post("/dossier/substances/", {"substance": "amoxi"}))
    value = found.split('value="')[1].split('"')[0]
    code, _, name = value.partition("|")
    doctor.post(
        f"{record_path}ajouter/{mark('allergy')}/",
        {"substance": "amoxi", "certainty": "confirmed", "pick": value},
    )
    with cabinet.at_work(cabinet.doctor) as keyring:
        allergy = selectors.allergies(keyring=keyring, patient_id=patient.pk)[0]
    assert (allergy.code, allergy.substance) == (code, name) and name.lower().startswith("amoxicilline")
    entry = Entry.unscoped.get(kind="allergy")
    path = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    data = {"substance": "Kiwi", "code": code, "certainty": "confirmed", "version": 1, "why": "confusion"}
    assert doctor.post(path, data).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert selectors.allergies(keyring=keyring, patient_id=patient.pk)[0].code == ""


def test_ticked_problems_stay_while_searching_on(doctor, db):
    load_starter()
    found = text(doctor.post("/dossier/diagnostics/", {"coded": "asthme", "problem": "I10|Hypertension"}))
    assert 'value="I10|Hypertension" checked' in found and "J45" in found
    assert "J45" in text(doctor.post("/dossier/diagnostics/", {"label": "asthme"}))


def test_impossible_measures_are_refused_at_the_field_and_odd_ones_confirmed(doctor, record_path):
    path = record_path + "consultation/"
    refused = doctor.post(path, {"reason": "x", "m_temperature": "377"})
    assert refused.status_code == 422 and refused.context["form"].errors["m_temperature"]
    odd = doctor.post(path, {"reason": "x", "m_systolic": "230", "m_diastolic": "110"})
    assert odd.status_code == 422 and "À vérifier avant" in text(odd)
    nir = doctor.post(path, {"reason": "x", "history": "assurée 284053523800197"})
    assert nir.status_code == 422 and "numéro de sécurité sociale y est écrit" in text(nir)
    assert not Entry.unscoped.exists()
    sure = {"reason": "x", "m_systolic": "230", "m_diastolic": "110", "confirm_unusual": "1"}
    assert doctor.post(path, sure).status_code == 302


def test_the_consultation_shows_the_last_value_beside_each_measure(doctor, add, record_path):
    add("measure", MeasureSet(values={"weight": 72.5}))
    page = text(doctor.get(record_path + "consultation/"))
    assert "72,5\u00a0kg" in page and f'href="{record_path}mesures/#weight"' in page


def test_after_signing_the_next_gestures_are_there(doctor, record_path):
    answer = doctor.post(record_path + "consultation/", {"reason": "toux"}, follow=True)
    page = text(answer)
    consultation = encode(Entry.unscoped.get().pk)
    for wanted in ("ordonnances/nouvelle/", "facturation/patients/", "agenda/rendez-vous/nouveau/"):
        assert wanted in page
    assert f"consultation={consultation}" in page


def test_the_curves_have_a_table(doctor, add, record_path):
    for systolic in (128, 132):
        add("measure", MeasureSet(values={"systolic": systolic, "diastolic": 81}))
    page = text(doctor.get(record_path + "mesures/"))
    assert (
        "Tension artérielle" in page
        and "132\u00a0mmHg" in page
        and 'id="systolic"' in page
        and "data-json=" in page
    )


def test_in_error_is_struck_and_final(doctor, add, record_path):
    entry = add("consultation", Consultation(reason="toux"))
    path = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    assert doctor.post(path, {"error": "1", "version": 1, "why": ""}).status_code == 422
    assert doctor.post(path, {"error": "1", "version": 1, "why": "autre patient"}).status_code == 302
    page = text(doctor.get(record_path))
    assert "saisi par erreur" in page and "text-decoration-line-through" in page
    assert doctor.post(path, {"reason": "x", "version": 2, "why": "encore"}).status_code == 422
