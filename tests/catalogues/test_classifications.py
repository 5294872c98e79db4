"""CIM-10 and communes: dots kept, withdrawn codes left out, accents that do not count, a second import that does nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from serment.catalogues import classifications, diagnosis_words, selectors
from serment.catalogues.models import Diagnosis, ImportRun
from serment.catalogues.services import load_starter

SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))

CIM10 = """code,type,ssr,psy,short,long
G560,0,NOOO,0,CANAL CARPIEN,Syndrome du canal carpien
I10,0,NOOO,0,HTA,Hypertension essentielle
I84,3,NNNN,3,*** SU14 *** HEMORROIDES,*** SU14 *** Hémorroïdes
B24+0,0,NOOO,0,PRE-SIDA,Pré-SIDA sans précision
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cim10.csv").write_text(CIM10, encoding="utf-8")
    communes = [
        {"codeCommune": "42218", "nomCommune": "Saint-Étienne", "codePostal": "42000"},
        {"codeCommune": "44036", "nomCommune": "Châteaubriant", "codePostal": "44110"},
    ]
    (tmp_path / "codes-postaux.json").write_text(json.dumps(communes))
    return tmp_path


def test_codes_keep_their_dot_and_withdrawn_ones_are_left_out(db, folder):
    run = classifications.import_cim10(folder=folder)
    assert set(Diagnosis.objects.values_list("code", flat=True)) == {"G56.0", "I10", "B24.+0"}
    assert run.counts == {"diagnostics": 3, "codes retirés écartés": 1}
    for typed in ("G56.0", "g560", "canal carp", "G56"):
        assert [d.code for d in selectors.search_diagnoses(typed)] == ["G56.0"], typed
    assert not selectors.search_diagnoses("hémorroïdes")


@pytest.mark.parametrize("load", [classifications.import_cim10, classifications.import_communes])
def test_a_second_import_adds_no_run(db, folder, load):
    assert load(folder=folder).pk == load(folder=folder).pk
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("typed", ["Saint-Étienne", "saint etienne", "st etienne", "SAINT ETI", "42218"])
def test_communes_whatever_accents_and_hyphens(db, folder, typed, django_assert_num_queries):
    classifications.import_communes(folder=folder)
    with django_assert_num_queries(1):
        assert [c.insee for c in selectors.search_communes(typed)] == ["42218"]
    assert selectors.search_communes("chateaub")[0].name == "Châteaubriant"


EVERYDAY = {
    "hta": "I10",
    "bpco": "J44",
    "rgo": "K21",
    "dépression": "F32",
    "depress": "F32",
    "cholesterol": "E78",
    "anxiete": "F41",
    "angine": "J03",
    "otite": "H66",
    "lombalgie": "M54.5",
    "cystite": "N30",
    "mal de dos": "M54.5",
    "fa": "I48",
}


@pytest.mark.parametrize("whole", [False, True], ids=["starter", "whole list"])
def test_everyday_words_find_their_diagnosis(db, whole):
    if whole:
        if not (SHARED / "clinical" / "cim10").is_dir():
            pytest.skip("liste CIM-10 réelle absente de ../shared/data")
        classifications.import_cim10(folder=SHARED / "clinical" / "cim10")
    else:
        load_starter()
    first = {typed: [d.code for d in selectors.search_diagnoses(typed, limit=8)][:1] for typed in EVERYDAY}
    assert first == {typed: [code] for typed, code in EVERYDAY.items()}
    assert selectors.search_diagnoses("xyzxyz") == [] == selectors.search_diagnoses("")
    if whole:
        listed = {code for codes in diagnosis_words.known().values() for code in codes}
        assert not listed - set(Diagnosis.objects.values_list("code", flat=True)), "every code is a code"
        assert "F32.0" in [d.code for d in selectors.search_diagnoses("depression", limit=15)]


def test_everyday_words_cost_no_query_more(db, django_assert_num_queries):
    load_starter()
    with django_assert_num_queries(3):
        selectors.search_diagnoses("cholesterol")
    assert len(selectors.search_diagnoses("e", limit=8)) <= 8
