"""The CCAM import: streamed, atomic, idempotent, exact on the public files where they are at hand."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from serment.billing.quote import Situation, quote
from serment.billing.tariff_book import book
from serment.catalogues import ccam, ccam_import, ccam_selectors
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import CcamAct, CcamPrice, ImportRun

SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))

ACTS = [
    {
        "code": "ZZZA001",
        "libelle_long": "Acte fictif de mesure",
        "libelle_court": "mesure",
        "type_acte": "0",
        "compatibilite_sexe": "0",
        "date_debut": "2005-03-01",
    },
    {
        "code": "ZZZB002",
        "libelle_long": "Autre acte fictif, arrêté",
        "type_acte": "1",
        "compatibilite_sexe": "2",
        "date_debut": "2005-03-01",
        "date_fin": "2020-12-31",
    },
    {
        "code": "ZZZC003",
        "libelle_long": "Supplément fictif",
        "type_acte": "2",
        "compatibilite_sexe": "0",
        "date_debut": "2005-03-01",
    },
]
PRICES = [
    {
        "code": "ZZZA001",
        "activite": "1",
        "phase": "0",
        "date_effet": "2025-01-01",
        "date_jo": "2024-06-21",
        "9": 14.52,
        "10": 13.66,
        "16": 14.52,
    },
    {
        "code": "ZZZA001",
        "activite": "1",
        "phase": "0",
        "date_effet": "2020-01-01",
        "date_jo": "2019-06-21",
        "9": 14.26,
        "10": 13.52,
    },
    {"code": "ZZZB002", "activite": "1", "phase": "0", "date_effet": "2020-01-01", "9": 10},
    {"code": "ZZZC003", "activite": "1", "phase": "0", "date_effet": "2020-01-01", "9": 9.6},
    {"code": "ZZZA001", "activite": "1", "phase": "0", "date_effet": "2005-09-01", "7": 12},
]
NOTES = [
    {
        "code": "ZZZA001",
        "type_note": "01",
        "note": "À l'exclusion de : autre acte (ZZZB002) ¶- rien (ZZZA001)",
    },
    {"code": "ZZZA001", "type_note": "14", "note": "Formation : ¶ fictive"},
]


def write(folder: Path, acts=ACTS, prices=PRICES, **more: bytes) -> Path:
    def put(name, rows):
        folder.joinpath(f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))

    put("ccam_actes", acts)
    put("ccam_tarifs_detailles", prices)
    put("ccam_notes", NOTES)
    put("ccam_regroupement", [{"code": "ZZZA001", "activite": "1", "regroupement": "ATM"}])
    put(
        "ccam_libelle_modificateur",
        [{"modificateur": "U", "libelle_modificateur": "Urgence fictive de nuit"}],
    )
    put("ccam_libelles_grille_tarifs", [{"grille": 9, "libelle_grille_tarif": "Généralistes"}])
    for name, raw in more.items():
        folder.joinpath(f"{name}.json.gz").write_bytes(raw)
    return folder


def test_acts_prices_notes_and_labels_are_kept(db, tmp_path):
    run = ccam_import.import_ccam(folder=write(tmp_path))
    assert run.counts == {
        "actes": 3,
        "actes en cours": 2,
        "tarifs": 5,
        "grilles": 1,
        "modificateurs": 1,
        "regroupements": 0,
        "tarifs sans acte": 0,
        "dernier effet": "2025-01-01",
    }
    found = ccam_selectors.acts(["ZZZA001"])["ZZZA001"]
    assert found.excludes == ["ZZZB002"] and found.conditions == ["Formation : fictive"]
    assert found.groups == {"1": "ATM"}
    assert ccam_selectors.labels("modifier") == {"U": "Urgence fictive de nuit"}
    hits = ccam_selectors.search("mesure fictif", date(2026, 11, 1))
    assert [hit.code for hit in hits] == ["ZZZA001"]
    assert ccam_selectors.search("zzzb002", date(2026, 11, 1)) == []
    assert [hit.code for hit in ccam_selectors.search("zzzb002", date(2019, 1, 1))] == ["ZZZB002"]


def test_the_engine_prices_the_row_of_the_day_and_of_the_grid(db, tmp_path):
    ccam_import.import_ccam(folder=write(tmp_path))
    base = {"profession": "medecin", "specialty": "Médecine générale", "patient": {"age": 40}}

    def price(day, **more):
        asked = Situation.model_validate({**base, "date": day, "acts": [{"code": "ZZZA001"}], **more})
        return quote(asked, book("medecin", ["ZZZA001"])).lines[0]

    assert price("2025-03-03").base_cents == 1452 and price("2024-12-31").base_cents == 1426
    assert price("2025-03-03", sector="2").base_cents == 1366
    line = price("2025-03-03")
    assert "JO du 21/06/2024" in line.source and "arrêtée au 01/01/2025" in line.source
    assert line.confidence == "sourcé" and price("2026-11-20").confidence == "à vérifier"


def test_the_same_files_twice_change_nothing(db, tmp_path, capsys):
    call_command("catalogue", "import", "ccam", str(write(tmp_path)), "--json")
    first = json.loads(capsys.readouterr().out)
    assert first["catalogue"] == "ccam" and first["actes"] == 3 and first["tarifs"] == 5
    kept = set(CcamPrice.objects.values_list("pk", flat=True))
    call_command("catalogue", "import", "ccam", str(tmp_path), "--json")
    assert json.loads(capsys.readouterr().out) == first
    assert set(CcamPrice.objects.values_list("pk", flat=True)) == kept
    assert ImportRun.objects.filter(catalogue="ccam").count() == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"ccam_tarifs_detailles": gzip.compress(b'[{"code":"ZZZA001"}')}, "activite|date_effet"),
        ({"ccam_tarifs_detailles": gzip.compress(b'[{"code":"ZZZA001","activite":"1"')}, "coupé"),
        ({"ccam_tarifs_detailles": b"not gzip"}, "ne se lit pas"),
        ({"ccam_tarifs_detailles": gzip.compress(b"[1]")}, "objet"),
        ({"ccam_tarifs_detailles": gzip.compress(b"[]")}, "aucun"),
        (
            {
                "ccam_tarifs_detailles": gzip.compress(
                    b'[{"code":"ZZZA001","activite":"1","phase":"0","date_effet":"hier"}]'
                )
            },
            "date",
        ),
        (
            {
                "ccam_tarifs_detailles": gzip.compress(
                    b'[{"code":"ZZZA001","activite":"1","phase":"0","date_effet":"2025-01-01","9":"x"}]'
                )
            },
            "montant",
        ),
    ],
)
def test_a_bad_file_leaves_the_previous_catalogue(db, tmp_path, more, word):
    ccam_import.import_ccam(folder=write(tmp_path))
    before = CcamPrice.objects.count(), CcamAct.objects.count()
    with pytest.raises(BadFile, match=word):
        ccam_import.import_ccam(folder=write(tmp_path, **more))
    assert (CcamPrice.objects.count(), CcamAct.objects.count()) == before


def test_an_absent_file_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="ccam_actes"):
        call_command("catalogue", "import", "ccam", str(tmp_path))


def test_the_starter_gives_way_to_the_files(db, tmp_path):
    ccam_import.load_starter()
    ccam_import.load_starter()
    assert CcamAct.objects.filter(source="starter").count() == len({a.code for a, _ in ccam.starter()})
    ccam_import.import_ccam(folder=write(tmp_path))
    ccam_import.load_starter()
    assert not CcamAct.objects.filter(source="starter").exists()


def test_reading_a_long_file_keeps_memory_bounded(tmp_path):
    rows = PRICES * 8000
    write(tmp_path, prices=rows)
    tracemalloc.start()
    count = sum(1 for _ in ccam.read_prices(tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == len(rows) and peak < 4_000_000


def test_grids_pack_and_unpack():
    grids = {3: 1452, 9: 1452, 10: 1366, 15: 0}
    assert ccam.unpack(ccam.pack(grids)) == grids and ccam.pack({}) == "" and ccam.unpack("") == {}


real = pytest.mark.skipif(
    not (SHARED / "clinical" / "ccam").is_dir(), reason="real CCAM files absent (SERMENT_SHARED_DATA)"
)


@real
def test_the_public_files(db):
    run = ccam_import.import_ccam(folder=SHARED / "clinical" / "ccam")
    assert run.counts["actes"] == 8593 and run.counts["actes en cours"] == 8295
    assert run.counts["tarifs"] == 125_016 and run.counts["grilles"] == 20
    assert run.counts["modificateurs"] == 33 and run.counts["dernier effet"] == "2025-02-02"
    assert run.counts["tarifs sans acte"] == 0
    grids = {p.starts: p.grids for p in ccam_selectors.prices(["DEQP003"])}[date(2025, 1, 1)]
    assert (grids[9], grids[16], grids[10], grids[14]) == (1452, 1452, 1366, 1366)


@real
def test_the_starter_says_what_the_public_files_say(db):
    folder = SHARED / "clinical" / "ccam"
    wanted = {(p.code, p.starts): p.grids for _, p in ccam.starter()}
    found = {
        (p.code, p.starts): p.grids
        for p in ccam.read_prices(folder)
        if (p.code, p.starts) in wanted and p.activity == "1" and p.phase == "0"
    }
    assert found == wanted
