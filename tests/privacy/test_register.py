"""The register and the notice are written from the declarations (R2.5, R3.1, R4.1-R4.9, R7.1, R8.1)."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from serment.patients.models import Patient
from serment.privacy import notice, profiles, register, rights
from serment.privacy.models import Particulars
from serment.vault.inventory import Basis, Category
from tests.documents.samples import text_of


def test_every_declaration_is_known_to_both_profiles():
    for code in profiles.CODES:
        profile = profiles.load(code)
        for model, inventory in register.declarations():
            assert inventory.purpose in profile.purposes, model
            assert inventory.retention in profile.retention, model
            assert set(inventory.recipients) <= set(profiles.RECIPIENTS), model
            assert inventory.subject in profiles.SUBJECTS, model
            assert profile.purposes[inventory.purpose].basis == inventory.basis, model


def test_bases_are_those_of_section_4():
    rules = profiles.load("projet").purposes
    for code in ("dossier_medical", "ordonnances", "fse", "dossier_paramedical"):
        assert rules[code].basis == "6.1.c"
    assert rules["echanges"].basis == "6.1.e"
    assert rules["rendez_vous"].basis == rules["comptabilite"].basis == "6.1.f"
    assert {rule.basis for rule in rules.values()} <= {basis.value for basis in Basis}


def test_durations_are_those_of_section_7():
    kept = profiles.load("projet").retention
    assert (kept["medical_record"].active_months, kept["medical_record"].archive_months) == (60, 180)
    assert kept["claims"].active_months == 3
    assert all(rule.active_months > 0 for rule in kept.values()), "no data without a term"


def test_a_changed_declaration_changes_every_document(cabinet, monkeypatch):
    with cabinet.at_work(cabinet.doctor):
        before, told = register.sheets(), notice.build(cabinet.practice)
        changed = dataclasses.replace(
            Patient.inventory, fields={**Patient.inventory.fields, "identity": (Category.CORRESPONDENT,)}
        )
        monkeypatch.setattr(Patient, "inventory", changed)
        after, told_after = register.sheets(), notice.build(cabinet.practice)
    assert before != after
    assert "professionnels correspondants" in told_after.text.split("Qui les reçoit")[0]
    assert "professionnels correspondants" not in told.text.split("Qui les reçoit")[0]


def test_a_legitimate_interest_waits_for_its_balancing_test(cabinet):
    with cabinet.at_work(cabinet.doctor):
        sheet = next(s for s in register.sheets() if s.code == "rendez_vous")
        assert not sheet.complete
        Particulars.objects.create(purpose="rendez_vous", balancing="Accueillir les patients à l’heure.")
        assert next(s for s in register.sheets() if s.code == "rendez_vous").complete


def test_the_same_register_is_one_version(cabinet):
    with cabinet.at_work(cabinet.doctor):
        first = register.publish(author=cabinet.doctor)
        assert register.publish(author=cabinet.doctor).pk == first.pk and register.is_current()
        Particulars.objects.create(purpose="rendez_vous", note="Rappels non envoyés.")
        assert not register.is_current()
        assert register.publish(author=cabinet.doctor).number == 2


def test_a_cell_never_starts_a_formula(cabinet):
    with cabinet.at_work(cabinet.doctor):
        Particulars.objects.create(purpose="rendez_vous", note="=1+1")
        text = register.as_csv(register.sheets()).decode("utf-8-sig")
    assert "'=1+1" in text and ";=1+1" not in text
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {len(row) for row in rows} == {len(register.COLUMNS)}
    assert not [cell for row in rows for cell in row if cell == "'"], "an empty cell stays empty"


def test_a_published_version_is_printed_as_it_was(cabinet):
    client = cabinet.client(cabinet.doctor)
    client.post("/vie-privee/registre/rendez_vous/", {"note": "Ancien mot du cabinet.", "balancing": "Pesé."})
    client.post("/vie-privee/registre/publier/")
    client.post("/vie-privee/registre/rendez_vous/", {"note": "Nouveau mot.", "balancing": "Pesé."})
    assert "?version=1" in client.get("/vie-privee/registre/").content.decode()
    old = client.get("/vie-privee/registre/registre.csv", {"version": "1"}).content.decode()
    assert "Ancien mot du cabinet." in old and "Nouveau mot." not in old
    paper = text_of(client.get("/vie-privee/registre/registre.pdf", {"version": "1"}).content)
    assert "Ancien mot" in paper and "n° 1, publiée le" in paper
    assert "Nouveau mot." in client.get("/vie-privee/registre/registre.csv").content.decode()
    assert client.get("/vie-privee/registre/registre.pdf", {"version": "9"}).status_code == 404
    assert client.get("/vie-privee/registre/registre.pdf", {"version": "x"}).status_code == 404


@pytest.mark.parametrize("basis", sorted(profiles.BASES))
def test_the_matrix_answers_for_each_right(basis):
    for right in rights.RIGHTS:
        ground = rights.ground_of(basis, right)
        assert rights.allowed(basis, right) == (ground is None)
    assert rights.allowed(basis, "access") and rights.allowed(basis, "limitation")


def test_papers_are_made(cabinet):
    client = cabinet.client(cabinet.doctor)
    for path in ("registre/registre.pdf", "notice/notice.pdf", "notice/notice.pdf?forme=depliant"):
        answer = client.get(f"/vie-privee/{path}")
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), path
