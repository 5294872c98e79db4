"""The BDPM importer on files as odd as the real ones, and on the real ones where they are at hand."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from serment.catalogues import bdpm, selectors, services
from serment.catalogues.models import ImportRun, Medicine, Presentation
from serment.cli import catalogue as command

SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))

CIS = [
    ["10000001", "AMOXIFICTIVE 500 mg, gélule", "gélule", "orale", "Autorisation active", "Nationale", "Commercialisée", "01/01/2001", "", "", " LABO", "Non"],
    ["10000002", "METFICTIVE 1000 mg, comprimé", "comprimé", "orale", "Autorisation active", "Nationale", "Commercialisée", "01/01/2001", "", "", " LABO", "Non"],
    ["10000003", "VIEILLOTTE 10 mg, cœur", "comprimé", "orale", "Autorisation abrogée", "Nationale", "Non commercialisée", "01/01/1991", "", "", " LABO", "Non"],
]  # fmt: skip
COMPO = [
    ["10000001", "gélule", "11", "AMOXICILLINE TRIHYDRATÉE", "574,00 mg", "une gélule", "SA", "1"],
    ["10000001", "gélule", "12", "AMOXICILLINE", "500,00 mg", "une gélule", "FT", "1"],
    ["10000002", "comprimé", "21", "CHLORHYDRATE DE METFORMINE", "1000,00 mg", "un comprimé", "SA", "1"],
    ["10000002", "comprimé", "22", "METFORMINE", "780,00 mg", "un comprimé", "FT", "1"],
]
CIP = [
    ["10000001", "1234567", "plaquette de 12", "Présentation active", "Déclaration", "01/01/2001", "3400912345678", "oui", "65 %", "1,466,29", "1,467,31", "1,02", ""],
    ["99999999", "1234568", "inconnue", "Présentation active", "Déclaration", "01/01/2001", "3400912345679", "oui", "65%", "1,00", "2,02", "1,02", ""],
]  # fmt: skip


def write(folder: Path, cis=CIS) -> Path:
    def put(name, rows, encoding, end, blank=False):
        text = end.join("\t".join(row) for row in rows) + end
        folder.joinpath(name).write_bytes((text + (end * 2 if blank else "")).encode(encoding))

    put("CIS_bdpm.txt", cis, "cp1252", "\r\n")
    put("CIS_COMPO_bdpm.txt", COMPO, "cp1252", "\r\n")
    put("CIS_CIP_bdpm.txt", CIP, "utf-8", "\n")
    put("CIS_CPD_bdpm.txt", [["10000001", "liste I"]], "cp1252", "\r\n", blank=True)
    put("CIS_GENER_bdpm.txt", [["1", "GROUPE", "88888888", "1", "1"]], "cp1252", "\r\n")
    put("CIS_MITM.txt", [["10000001", "J01CA04", "AMOXI", "http"]], "cp1252", "\r\n")
    return folder


def test_odd_files_are_read_and_orphans_counted(db, tmp_path):
    run = services.import_bdpm(folder=write(tmp_path))
    assert run.counts["médicaments"] == 3
    assert run.counts["orphelins"] == {
        "CIS_COMPO_bdpm.txt": 0, "CIS_CPD_bdpm.txt": 0, "CIS_MITM.txt": 0, "CIS_CIP_bdpm.txt": 1, "CIS_GENER_bdpm.txt": 1
    }  # fmt: skip
    amox = Medicine.objects.get(key="bdpm:10000001")
    assert (amox.dci_label, amox.atc, amox.conditions) == (
        "Amoxicilline 500 mg, gélule",
        "J01CA04",
        ["liste I"],
    )
    assert Medicine.objects.get(key="bdpm:10000003").name.endswith("cœur")
    box = Presentation.objects.get()
    assert (box.price_cents, box.rate) == (146629, "65%")


def test_the_strength_is_the_one_the_name_carries(db, tmp_path):
    services.import_bdpm(folder=write(tmp_path))
    assert Medicine.objects.get(key="bdpm:10000002").dci_label == "Metformine 1000 mg, comprimé"


def test_twice_changes_nothing(db, tmp_path):
    first = services.import_bdpm(folder=write(tmp_path))
    assert services.import_bdpm(folder=tmp_path).pk == first.pk
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("damage", ["cut", "column"])
def test_a_damaged_file_leaves_the_catalogue_as_it_was(db, tmp_path, damage):
    services.import_bdpm(folder=write(tmp_path))
    before = list(Medicine.objects.order_by("key").values())
    path = tmp_path / "CIS_bdpm.txt"
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rfind(b"\t", 0, len(raw) - 60)] if damage == "cut" else raw + b"123\tx\r\n")
    with pytest.raises(bdpm.BadFile, match=r"CIS_bdpm\.txt"):
        services.import_bdpm(folder=tmp_path)
    assert list(Medicine.objects.order_by("key").values()) == before


@pytest.mark.parametrize("cut", ["CIS_bdpm.txt", "CIS_COMPO_bdpm.txt"])
def test_a_file_cut_at_the_end_of_a_line_withdraws_nothing(db, tmp_path, cut):
    many = [[f"{20000000 + n}", f"FICTIF {n} 5 mg, gélule", *CIS[0][2:]] for n in range(60)]
    compositions = [[row[0], "gélule", "31", "FICTIVINE", "5,00 mg", "une gélule", "SA", "1"] for row in many]
    write(tmp_path, cis=many)
    tmp_path.joinpath("CIS_COMPO_bdpm.txt").write_bytes(
        ("\r\n".join("\t".join(r) for r in compositions) + "\r\n").encode("cp1252")
    )
    services.import_bdpm(folder=tmp_path)
    path = tmp_path / cut
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:25]))
    with pytest.raises(bdpm.BadFile, match=f"{cut} est incomplet"):
        services.import_bdpm(folder=tmp_path)
    assert Medicine.objects.filter(withdrawn=True).count() == 0
    assert Medicine.objects.count() == 60


def test_a_medicine_that_left_is_kept_but_no_longer_found(db, tmp_path):
    services.import_bdpm(folder=write(tmp_path))
    services.import_bdpm(folder=write(tmp_path, cis=CIS[1:]))
    assert Medicine.objects.get(key="bdpm:10000001").withdrawn
    assert not selectors.search_medicines("amoxi")


def test_search_and_starter(db, tmp_path, django_assert_num_queries):
    services.load_starter()
    services.load_starter()
    with django_assert_num_queries(5):
        hits = selectors.search_medicines("gel AMOX 500")
    assert hits[0].dci_label == "Amoxicilline 500 mg, gélule"
    assert selectors.search_diagnoses("otite suppuree")[0].code == "H66"
    services.import_bdpm(folder=write(tmp_path))
    assert {h.source for h in selectors.search_medicines("amox")} == {"bdpm"}
    codes = dict(selectors.search_substances("amoxicilline"))
    assert "12" in codes


@pytest.mark.skipif(
    not (SHARED / "clinical" / "bdpm").is_dir(), reason="fichiers réels de la BDPM absents de ../shared/data"
)
def test_the_real_files(db):
    run = services.import_bdpm(folder=SHARED / "clinical" / "bdpm")
    assert run.counts["médicaments"] == 15848
    assert run.counts["orphelins"]["CIS_GENER_bdpm.txt"] == 2503
    assert run.counts["orphelins"]["CIS_CIP_bdpm.txt"] == 4
    assert "Amoxicilline 500 mg, gélule" in [h.dci_label for h in selectors.search_medicines("amox 500 gel")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "truc", "/tmp"], "Référentiel inconnu : truc"),
        (["import", "bdpm", "/nulle/part", "--json"], "n’existe pas"),
        (["import"], "Indiquez le référentiel"),
        (["manger"], "Dites « import »"),
    ],
)
def test_a_wrong_command_is_said_in_french(db, monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(command, "migrate", lambda: None)
    assert command.run(argparse.Namespace(arguments=arguments)) == 1
    assert said in capsys.readouterr().err
