"""CISP-2: real-shaped codes with labels of our own (the list is Wonca's), in each form that is read."""

from __future__ import annotations

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from serment.catalogues import cisp
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import ImportRun, PrimaryCareCode, PrimaryCarePair, Word

LIST = "code;libellé\nK86;Zzpression haute simple\nK87;Zzpression haute compliquée\nR96;Zzasthme\nA05;Zzmalaise\n"
PAIRS = "CIM-10;CISP-2\nI10;K86\nI11.0;K87\nI119;K87\nJ45;R96\nJ45;Z99\n"
SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "https://mos.esante.gouv.fr/NOS/TRE_R313-CISP2/FHIR/TRE-R313-CISP2",
    "concept": [
        {"code": "A05", "display": "Zzmalaise", "designation": [{"value": "zz"}]},
        {"code": "A", "display": "Chapitre", "concept": [{"code": "a06", "display": "Zzsyncope"}]},
        {
            "code": "A07",
            "display": "Zzancien",
            "property": [{"code": "dateFin", "valueDateTime": "2020-01-01T00:00:00+01:00"}],
        },
        {"code": "toux", "display": "Pas un code"},
    ],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cisp2.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "paires.csv").write_text(PAIRS, encoding="utf-8")
    return tmp_path


def test_a_list_and_its_pairs_are_told_apart_and_counted(db, folder):
    run = cisp.import_cisp2(path=folder)
    assert run.counts == {
        "codes": 4,
        "paires CIM-10": 4,
        "paires orphelines": 1,
        "codes retirés écartés": 0,
        "lignes non reconnues": 0,
    }
    assert (
        cisp.is_listed()
        and cisp.find(" k86 ").label == "Zzpression haute simple"
        and cisp.find("K99") is None
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("zzpression", ["K86", "K87"]),
        ("haute compl", ["K87"]),
        ("k8", ["K86", "K87"]),
        ("R96", ["R96"]),
        ("rien", []),
        ("", []),
    ],
)
def test_found_by_word_or_by_code(db, folder, typed, codes, django_assert_max_num_queries):
    cisp.import_cisp2(path=folder)
    with django_assert_max_num_queries(3):
        assert sorted(c.code for c in cisp.search(typed)) == codes


@pytest.mark.parametrize(
    ("cim10", "codes"),
    [("I10", ["K86"]), ("i10.9", ["K86"]), ("I110", ["K87"]), ("I11.9", ["K87"]), ("Z00", []), ("", [])],
)
def test_a_cim10_code_or_its_category_has_its_pair(db, folder, cim10, codes, django_assert_max_num_queries):
    cisp.import_cisp2(path=folder)
    with django_assert_max_num_queries(2):
        assert [c.code for c in cisp.paired_with(cim10)] == codes


def test_the_code_system_of_the_ans_is_read_without_what_has_ended(db, tmp_path):
    path = tmp_path / "TRE_R313-CISP2.json.gz"
    path.write_bytes(gzip.compress(json.dumps(SYSTEM).encode()))
    run = cisp.import_cisp2(path=path)
    assert set(PrimaryCareCode.objects.values_list("code", flat=True)) == {"A05", "A06"}
    assert run.counts["codes retirés écartés"] == 1 and run.counts["lignes non reconnues"] == 1


def test_a_second_import_changes_nothing_and_another_list_replaces(db, folder):
    first = cisp.import_cisp2(path=folder)
    assert cisp.import_cisp2(path=folder).pk == first.pk and ImportRun.objects.count() == 1
    cisp.import_cisp2(path=_written(folder / "autre.csv", "D01,Zzventre\n".encode("cp1252")))
    assert [c.code for c in PrimaryCareCode.objects.all()] == ["D01"]
    assert not PrimaryCarePair.objects.exists()
    assert set(Word.objects.filter(kind=cisp.KIND).values_list("target", flat=True)) == {"D01"}


def _written(path, raw):
    path.write_bytes(raw)
    return path


def test_a_spreadsheets_accents_are_read(db, tmp_path):
    cisp.import_cisp2(path=_written(tmp_path / "l.csv", "K86\tZzélevée\r\n".encode("cp1252")))
    assert cisp.find("K86").label == "Zzélevée"


@pytest.mark.parametrize("raw", [b"", b"rien;du tout\n", b'{"resourceType": "ValueSet"}', b"{ pas du json"])
def test_what_is_not_a_list_leaves_the_one_there_is(db, folder, tmp_path, raw):
    cisp.import_cisp2(path=folder)
    with pytest.raises(BadFile):
        cisp.import_cisp2(path=_written(tmp_path / "x.csv", raw))
    assert PrimaryCareCode.objects.count() == 4


def test_the_command_takes_a_file_or_a_folder_and_prints_counts(db, folder):
    for path in (folder, folder / "cisp2.csv"):
        out = StringIO()
        call_command("catalogue", "import", "cisp2", str(path), "--json", stdout=out)
        assert json.loads(out.getvalue())["codes"] == 4
    with pytest.raises(CommandError, match="existe pas"):
        call_command("catalogue", "import", "cisp2", str(folder / "absent.csv"))
    with pytest.raises(CommandError, match="existe pas"):
        call_command("catalogue", "import", "cim10", str(folder / "cisp2.csv"))
