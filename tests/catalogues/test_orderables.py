"""Acts of biology and devices: public files of their real shape, a starter of our own, searched by code or words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from serment.catalogues import orderables, services
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import ImportRun, Orderable, Word

SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
real = pytest.mark.skipif(
    not (SHARED / "clinical" / "nabm").is_dir(), reason="fichiers réels NABM et LPP absents de ../shared/data"
)

NABM = [
    "BIO_PRS_IDE;BIO_INF_LIB;BIO_SUP_DAT;BIO_GRP_LIB;BIO_TAR_NAT;BIO_TAR_COF",
    "1104;HEMOGRAMME Y COMPRIS  PLAQUETTES (NFS , NFP);;HEMATOLOGIE COURANTE;B;26.00",
    "9901;EXAMEN FICTIF DE LABORATOIRE;;AUTRES;B;5.00",
    "9902;EXAMEN FICTIF SUPPRIME;13JUL2017:00:00:00;AUTRES;B;5.00",
]
LPP = [
    {"lpp_code": "1270463", "lpp_libelle": "canne en bois verni, a l'achat", "lpp_arborescence_1": 1, "lpp_arborescence_2": 2, "lpp_arborescence_3": 2},
    {"lpp_code": "9999991", "lpp_libelle": "canne fictive, marque", "lpp_arborescence_1": 1, "lpp_arborescence_2": 2, "lpp_arborescence_3": 2},
    {"lpp_code": "9999992", "lpp_libelle": "canne finie", "lpp_date_fin": "2010-05-23", "lpp_arborescence_1": 1, "lpp_arborescence_2": 2, "lpp_arborescence_3": 2},
]  # fmt: skip


@pytest.fixture
def files(tmp_path):
    (tmp_path / "IR_BIO_R.csv").write_text("\n".join(NABM) + "\n", encoding="utf-8")
    (tmp_path / "IR_BTF_R.csv").write_text("BTF_PRS_IDE;BTF_TAR_COF\n1104;26\n7777;3\n", encoding="utf-8")
    (tmp_path / "refpmsi_lpp_ameli.json").write_text(json.dumps(LPP))
    return tmp_path


def test_biology_is_imported_counted_and_found(db, files):
    run = orderables.import_nabm(folder=files)
    assert run.counts["actes"] == 3 and run.counts["actes en vigueur"] == 2
    assert run.counts["orphelins"] == {"IR_BTF_R.csv": 1}
    act = orderables.search_orderables("nabm", "nfs")[0]
    assert (act.code, act.facts["coefficient"]) == ("1104", "26.00")
    assert act.label == "Hemogramme y compris plaquettes (nfs , nfp)" and "NFS" in act.common
    assert orderables.search_orderables("nabm", "1104") == [act]
    assert [o.code for o in orderables.search_orderables("nabm", "examen fictif")] == ["9901"], (
        "withdrawn acts left out"
    )


def test_devices_ours_first_and_ended_ones_left_out(db, files):
    orderables.import_lpp(folder=files)
    assert [o.code for o in orderables.search_orderables("lpp", "canne")] == ["1270463", "9999991"]


@pytest.mark.parametrize("load", [orderables.import_nabm, orderables.import_lpp])
def test_a_second_import_changes_nothing(db, files, load):
    first = load(folder=files)
    before = list(Word.objects.order_by("pk").values_list("pk", flat=True))
    assert load(folder=files).pk == first.pk and ImportRun.objects.count() == 1
    assert list(Word.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_a_bad_folder_leaves_what_was(db, files, tmp_path_factory):
    services.load_starter()
    before = Orderable.objects.count()
    with pytest.raises(BadFile, match="IR_BIO_R"):
        orderables.import_nabm(folder=tmp_path_factory.mktemp("vide"))
    (files / "refpmsi_lpp_ameli.json").write_text("[{}]")
    with pytest.raises(BadFile, match="LPP"):
        orderables.import_lpp(folder=files)
    assert Orderable.objects.count() == before


def test_the_starter_is_found_by_the_words_people_use(db, django_assert_max_num_queries):
    services.load_starter()
    services.load_starter()
    for typed, code in (("nfs", "1104"), ("hba1c", "1577"), ("tsh", "1208"), ("ECBU", "5201")):
        with django_assert_max_num_queries(3):
            assert code in [o.code for o in orderables.search_orderables("nabm", typed)]
    assert orderables.search_orderables("lpp", "deambul")[0].code == "1285619"


FIRST = {
    "nabm": {"vitamine d": "1139", "Vit D": "1139", "tsh": "1208", "TSH T4": "1211", "bhcg": "7402", "hépatite c": "3784", "b12": "1374", "vs": "1124", "anti-TPO": "1487"},
    "lpp": {"canne anglaise": "1296787", "béquilles": "1296787", "bandelette glycémie": "1186722", "Lecteur de glycémie": "1101720", "chambre d’inhalation": "1128423", "TENS": "1134240", "fauteuil roulant": "1298680"},
}  # fmt: skip


@pytest.mark.parametrize("catalogue", FIRST)
def test_what_is_called_exactly_so_comes_first(db, catalogue):
    """Enter takes the first: « tsh » is TSH, never « TSH et T4 libre »."""
    services.load_starter()
    for typed, code in FIRST[catalogue].items():
        assert orderables.search_orderables(catalogue, typed)[0].code == code, typed


def test_a_plural_and_linking_words_find_what_one_calls_it(db):
    services.load_starter()
    assert "2122121" in [o.code for o in orderables.search_orderables("lpp", "semelles")]
    assert orderables.search_orderables("lpp", "bande de contention")
    assert orderables.search_orderables("nabm", "la"), "the beginning of « lactate »"


@real
def test_the_real_files(db):
    nabm = orderables.import_nabm(folder=SHARED / "clinical" / "nabm")
    assert (nabm.counts["actes"], nabm.counts["orphelins"]["IR_BTF_R.csv"]) == (1076, 29)
    assert nabm.counts["lignes"]["IR_BTF_R.csv"] == 2025
    lpp = orderables.import_lpp(folder=SHARED / "clinical" / "lpp")
    assert (lpp.counts["dispositifs"], lpp.counts["chapitres"]) == (31950, 93)
    ours = {o.code for o in Orderable.objects.exclude(common="")}
    listed = {code for kind in orderables.LETTERS for code in orderables._common(kind)}
    assert ours == listed, "every code of the starter lists is a code of the real files"
    assert not Orderable.objects.exclude(common="").exclude(ends_on=None).exists()
    for catalogue, asked in FIRST.items():
        for typed, code in asked.items():
            assert orderables.search_orderables(catalogue, typed)[0].code == code, typed
