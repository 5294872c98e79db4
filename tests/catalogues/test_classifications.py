"""CIM-10 and communes: dots kept, withdrawn codes left out, accents that do not count, a second import that does nothing."""

from __future__ import annotations

import json

import pytest

from serment.catalogues import classifications, selectors
from serment.catalogues.models import Diagnosis, ImportRun

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
