"""The screens, as a browser asks for them: no name in an address or a title, what each profile sees (R5.2 to R5.4)."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from serment.journal.models import Event
from serment.patients import selectors
from serment.patients.models import ImportRun, Patient
from serment.patients.payloads import Contact, Coverage, InsIdentity
from serment.patients.services import update_patient
from tests.patients.test_imports import FILE
from tests.patients.test_search import NIR, found

TYPED = {
    "birth_family_name": "Trividic",
    "first_given_name": "Azenor",
    "sex": "F",
    "birth_date": "3 août 1955",
    "mobile": "06 12 34 56 78",
    "postal_code": "35000",
    "city": "Rennes",
}


def url(name, *ids):
    return reverse(f"patients:{name}", args=ids)


def last(cabinet, action):
    return Event.unscoped.filter(practice_id=cabinet.practice.pk, action=action).order_by("-seq").first()


def test_search_is_by_post_and_journalled_without_its_text(cabinet):
    row = cabinet.patient()
    client = cabinet.client(cabinet.secretary)
    page = client.post(url("search"), {"q": "lestr"}, headers={"HX-Request": "true"})
    assert "LESTRANGE" in page.content.decode() and url("detail", row.pk) in page.content.decode()
    event = last(cabinet, "patient.searched")
    assert event.details == {"kinds": ["name"], "count": 1}
    assert client.get(url("search") + "?q=lestr").status_code == 405


def test_the_desk_creates_in_one_screen(cabinet):
    client = cabinet.client(cabinet.secretary)
    assert client.get(url("new")).status_code == 200
    answer = client.post(url("new"), TYPED)
    [pk] = found(cabinet, "trividic")
    assert answer.status_code == 302 and answer["Location"] == url("detail", pk)
    page = client.get(url("detail", pk)).content.decode()
    assert "TRIVIDIC Azenor" in page and "née le 03/08/1955" in page and "femme" in page
    assert "Trividic" not in re.search(r"<title>(.*?)</title>", page, re.S)[1]
    assert "INS" not in page
    assert last(cabinet, "patient.viewed").subject_id == pk


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("birth_date", "31/02/1980", "existe pas"),
        ("mobile", "0612", "téléphone"),
        ("email", "azenor@", "complète"),
        ("postal_code", "3500", "5 chiffres"),
        ("nir", NIR[:14] + "9", "clé"),
        ("birth_place_code", "abc", "INSEE"),
        ("birth_family_name", "!!", "lettre"),
    ],
)
def test_each_error_is_at_its_field_at_once(cabinet, field, value, said):
    client = cabinet.client(cabinet.doctor)
    headers = {"HX-Request": "true", "HX-Trigger-Name": field}
    answer = client.post(url("check"), {**TYPED, field: value}, headers=headers).content.decode()
    assert f'id="f-{field}"' in answer and "is-invalid" in answer and said in answer
    refused = client.post(url("new"), {**TYPED, field: value})
    assert refused.status_code == 422 and said in refused.content.decode()
    assert "Azenor" in refused.content.decode(), "what was typed is still there"
    assert found(cabinet, "trividic") == []


def test_a_number_that_fits_neither_sex_nor_month_is_a_warning(cabinet):
    client = cabinet.client(cabinet.doctor)
    typed = {**TYPED, "sex": "M", "birth_date": "04/09/1956", "nir": NIR}
    answer = client.post(url("new"), typed)
    text = answer.content.decode()
    assert answer.status_code == 422 and "sexe indiqué" in text and "mois de naissance" in text
    assert client.post(url("new"), {**typed, "anyway": "1"}).status_code == 302


def test_a_test_identity_is_refused_outside_of_a_demo(cabinet):
    typed = {**TYPED, "ins_matricule": NIR, "ins_oid": "1.2.250.1.213.1.4.10"}
    cabinet.practice.is_demo = False
    cabinet.practice.save()
    refused = cabinet.client(cabinet.doctor).post(url("new"), typed)
    assert refused.status_code == 422 and "matricule de test" in refused.content.decode()


def test_a_double_is_pointed_out_then_created_all_the_same(cabinet):
    known = cabinet.patient(birth_family_name="Trividik", first_given_name="Azénor", birth_date="1955-08-03")
    client = cabinet.client(cabinet.secretary)
    while_typing = client.post(url("check"), TYPED, headers={"HX-Request": "true"}).content.decode()
    assert url("detail", known.pk) in while_typing
    answer = client.post(url("new"), TYPED)
    assert answer.status_code == 422 and "Créer quand même" in answer.content.decode()
    assert client.post(url("new"), {**TYPED, "anyway": "1"}).status_code == 302
    assert len(found(cabinet, "trividi")) == 2


def test_a_conflict_keeps_what_was_typed(cabinet):
    row = cabinet.patient()
    client = cabinet.client(cabinet.secretary)
    assert client.post(url("edit", row.pk), {**TYPED, "version": "1"}).status_code == 302
    answer = client.post(url("edit", row.pk), {**TYPED, "version": "1", "note": "Sonnette en panne"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "entre-temps" in text and "Sonnette en panne" in text
    assert client.post(url("edit", row.pk), {**TYPED, "version": "2", "note": "Sonnette"}).status_code == 302
    history = client.get(url("history", row.pk)).content.decode()
    assert "<del>Lestrange</del>" in history and "Sonnette" in history


def test_an_edit_keeps_what_the_form_does_not_show(cabinet):
    row = cabinet.patient(birth_place_name="Quimper", contact=Contact(country="Belgique"), source="import")
    with cabinet.at_work(cabinet.doctor) as keyring:
        update_patient(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=row.pk,
            version=1,
            identity=selectors.card(keyring=keyring, patient_id=row.pk).identity,
            coverage=Coverage(nir=NIR, fund="351"),
            ins=InsIdentity(matricule=NIR, oid="1.2.250.1.213.1.4.8", status="qualified"),
        )
        client = cabinet.client(cabinet.doctor)
        kept = {"nir": NIR, "ins_matricule": NIR, "ins_oid": "1.2.250.1.213.1.4.8"}
        same = {"birth_family_name": "Lestrange", "first_given_name": "Apolline", "birth_date": "17/05/1984"}
        client.post(url("edit", row.pk), {**TYPED, **kept, **same, "version": "2"})
    with cabinet.at_work(cabinet.doctor) as keyring:
        card = selectors.card(keyring=keyring, patient_id=row.pk)
        assert (card.version, card.identity.birth_place_name, card.identity.source) == (
            3,
            "Quimper",
            "import",
        )
        assert (card.identity.contact.country, card.coverage.fund, card.ins.status) == (
            "Belgique",
            "351",
            "qualified",
        )
    client.post(url("edit", row.pk), {**TYPED, **kept, "version": "3"})
    with cabinet.at_work(cabinet.doctor) as keyring:
        card = selectors.card(keyring=keyring, patient_id=row.pk)
        assert card.ins.status == "provisional", "a qualified identity does not outlive its traits"
    history = client.get(url("history", row.pk)).content.decode()
    assert "provisoire" in history and NIR not in history


def test_who_looked_is_for_the_circle_and_the_owner(cabinet):
    row = cabinet.patient(by=cabinet.colleague)
    cabinet.client(cabinet.secretary).get(url("detail", row.pk))
    page = cabinet.client(cabinet.colleague).get(url("trace", row.pk))
    text = page.content.decode()
    assert "Maud" in text and "Fiche du patient consultée" in text and "Patient créé" in text
    assert last(cabinet, "patient.traced").subject_id == row.pk
    assert cabinet.client(cabinet.doctor).get(url("trace", row.pk)).status_code == 200
    assert cabinet.client(cabinet.outsider).get(url("trace", row.pk)).status_code == 403
    assert cabinet.client(cabinet.secretary).get(url("trace", row.pk)).status_code == 403


def test_who_may_open_a_patient(cabinet):
    row = cabinet.patient()
    expected = {
        "doctor": 200,
        "outsider": 200,
        "secretary": 200,
        "technician": 403,
        "accounting": 403,
        "stranger": 404,
    }
    for name, status in expected.items():
        answer = cabinet.client(getattr(cabinet, name)).get(url("detail", row.pk))
        assert answer.status_code == status, name
        assert ("LESTRANGE" in answer.content.decode()) is (status == 200), name


def test_the_search_page_costs_the_same_for_any_number(cabinet, django_assert_max_num_queries):
    for number in range(25):
        cabinet.patient(first_given_name=f"Paul{chr(97 + number)}")
    client = cabinet.client(cabinet.doctor)
    client.post(url("search"), {"q": "lest"})
    with django_assert_max_num_queries(20):
        client.post(url("search"), {"q": "lest"})


def test_an_import_from_file_to_report(cabinet):
    client = cabinet.client(cabinet.secretary)
    assert client.get(url("import")).status_code == 200
    empty = SimpleUploadedFile("p.csv", b"")
    assert "vide" in client.post(url("import"), {"file": empty}).content.decode()
    answer = client.post(url("import"), {"file": SimpleUploadedFile("p.csv", FILE.encode("cp1252"))})
    run = ImportRun.unscoped.get()
    assert answer["Location"] == url("import_run", run.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "Kergoat" in page and "Élouan" in page and "selected" in page
    missing = client.post(url("import_map", run.pk), {"column_birth_family_name": "0"})
    assert missing.status_code == 422 and "Date de naissance" in missing.content.decode()
    chosen = {f"column_{code}": place for code, place in run.mapping.items()}
    assert client.post(url("import_map", run.pk), chosen).status_code == 302
    assert "rien n’est créé" in client.get(url("import_run", run.pk)).content.decode()
    hx = {"HX-Request": "true"}
    assert client.post(url("import_step", run.pk), headers=hx)["HX-Refresh"] == "true"
    assert Patient.unscoped.count() == 0
    assert "Importer" in client.get(url("import_run", run.pk)).content.decode()
    client.post(url("import_begin", run.pk))
    client.post(url("import_step", run.pk), headers=hx)
    assert Patient.unscoped.count() == 3
    page = client.get(url("import_run", run.pk)).content.decode()
    assert "Lignes refusées" in page and "Mauvaise" not in page
    report = client.get(url("import_report", run.pk))
    assert report.content.decode().startswith("\ufeffLigne;Résultat;Champ;Raison;Décision")
    assert (
        "5;refusée;Date de naissance;" in report.content.decode()
        and "Mauvaise" not in report.content.decode()
    )
    assert cabinet.client(cabinet.colleague).get(url("import_run", run.pk)).status_code == 403
    assert cabinet.client(cabinet.stranger).get(url("import_run", run.pk)).status_code == 404
