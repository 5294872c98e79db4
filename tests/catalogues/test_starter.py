"""The lists that ship: what people have often is found in them, under codes that the public files have."""

from __future__ import annotations

import csv
import gzip
import json

import pytest
from django.utils import timezone

from serment.catalogues import ccam, ccam_selectors, selectors
from serment.catalogues.services import DATA, load_starter
from tests.catalogues.test_classifications import SHARED

CLINICAL = SHARED / "clinical"


@pytest.fixture
def starter(db):
    load_starter()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cancer du sein", "C50"),
        ("sopk", "E28.2"),
        ("endométriose", "N80"),
        ("infarctus", "I21"),
        ("crohn", "K50"),
        ("fibrome", "D25"),
    ],
)
def test_what_people_have_is_found(starter, typed, code):
    assert code in [found.code for found in selectors.search_diagnoses(typed, limit=8)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("appendicectomie", "HHFA016"),
        ("cholécystectomie", "HMFC004"),
        ("vésicule", "HMFC004"),
        ("césarienne", "JQGA002"),
        ("hystérectomie", "JKFA015"),
        ("prothèse hanche", "NEKA020"),
        ("hernie inguinale", "LMMC002"),
        ("amygdales", "FAFA014"),
        ("canal carpien", "AHPA009"),
    ],
)
def test_what_people_were_operated_of_is_found(starter, typed, code):
    found = ccam_selectors.search(typed, timezone.localdate(), limit=8)
    assert code in [act.code for act in found]


@pytest.mark.skipif(
    not (CLINICAL / "cim10").is_dir(), reason="fichiers réels CIM-10 et CCAM absents de ../shared/data"
)
def test_every_code_is_in_the_public_files():
    known = {row["cim_code"] for row in _read("cim10/refpmsi_cim_libelle")}
    with (DATA / "starter_cim10.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file, delimiter=";")]
    assert len(codes) == len(set(codes)) and not {code.replace(".", "") for code in codes} - known
    acts = {row["code"] for row in _read("ccam/ccam_actes") if not row.get("date_fin")}
    prices = {
        (row["code"], row["date_effet"]): {
            key: round(value * 100) for key, value in row.items() if key.isdigit()
        }
        for row in _read("ccam/ccam_tarifs_detailles")
        if (row["activite"], row["phase"]) == ("1", "0")
    }
    for act, price in ccam.starter():
        assert act.code in acts
        given = {str(key): cents for key, cents in price.grids.items()}
        assert given == prices[act.code, price.starts.isoformat()], (act.code, price.starts)


def _read(name: str) -> list[dict]:
    return json.loads(gzip.decompress((CLINICAL / f"{name}.json.gz").read_bytes()))
