"""ATC codes inferred: from what is alike, never across local and systemic use; our own list holds together."""

from __future__ import annotations

import re

import pytest

from serment.catalogues import atc, bdpm
from serment.catalogues.substances import moiety
from tests.catalogues.test_bdpm import SHARED


def medicine(substance: str, routes: str, code: str = "", **more) -> dict:
    rows = [[f"{place}", name, "SA", "", "1"] for place, name in enumerate(substance.split("+"))]
    base = {"name": substance, "substances": rows, "routes": routes, "atc": code, "atc_inferred": False}
    return base | {"generic_group": "", "homeopathic": False} | more


def inferred(*medicines: dict) -> list[str]:
    atc.infer(list(medicines))
    return [one["atc"] for one in medicines]


def test_the_group_of_the_repertoire_gives_the_code():
    known = medicine("FICTIVINE", "orale", "C09CA01", generic_group="1")
    one = medicine("FICTIVINE ANHYDRE SPÉCIALE", "orale", generic_group="1")
    assert inferred(known, one) == ["C09CA01", "C09CA01"]
    assert one["atc_inferred"] and not known["atc_inferred"]


def test_the_same_substance_by_another_systemic_route_gives_the_code():
    known = medicine("CHLORHYDRATE DE FICTIVINE", "orale", "M03BX05")
    assert inferred(known, medicine("FICTIVINE", "intramusculaire"))[1] == "M03BX05"


@pytest.mark.parametrize(
    ("code", "given", "asked"),
    [
        ("M01AB99", "orale", "cutanée"),
        ("M01AB99", "orale", "ophtalmique"),
        ("N05AX99", "orale", "buccogingivale"),
        ("D07AC99", "cutanée", "orale"),
        ("A07AA99", "orale", "intraveineuse"),
        ("R03BA99", "inhalée", "orale"),
        ("R03BA99", "inhalée", "nasale"),
    ],
)
def test_nothing_crosses_between_local_and_systemic_use(code, given, asked):
    assert inferred(medicine("FICTIVINE", given, code), medicine("FICTIVINE", asked))[1] == ""


def test_two_codes_for_one_substance_give_none():
    known = [medicine("FICTIVINE", "orale", code) for code in ("C02CA01", "G04CA01")]
    assert inferred(*known, medicine("FICTIVINE", "orale"))[2] == ""


def test_homeopathy_has_none():
    known = medicine("FICTIVINE", "orale", "C02CA01")
    assert inferred(known, medicine("FICTIVINE", "orale", homeopathic=True))[1] == ""


@pytest.mark.parametrize(
    ("substance", "routes", "code"),
    [
        ("DICLOFÉNAC SODIQUE", "orale", "M01AB05"),
        ("DICLOFÉNAC SODIQUE", "cutanée", "M02AA15"),
        ("CÉLÉCOXIB", "orale", "M01AH01"),
        ("BROMHYDRATE D'ÉLÉTRIPTAN", "orale", "N02CC06"),
        ("OLMÉSARTAN MÉDOXOMIL", "orale", "C09CA08"),
        ("DROSPIRÉNONE+ÉTHINYLESTRADIOL", "orale", "G03AA12"),
        ("CYPROTÉRONE (ACÉTATE DE)+ÉTHINYLESTRADIOL", "orale", "G03HB01"),
        ("DÉSOGESTREL+ÉTHINYLESTRADIOL", "orale", "G03AA09"),
    ],
)
def test_our_list_gives_usual_ones(substance, routes, code):
    assert inferred(medicine(substance, routes)) == [code]


def test_a_vaccine_is_known_by_what_it_is_against():
    shot = medicine(
        "SOUCHE A/FICTIVILLE/1/2023", "intramusculaire", name="VAXIFICT. Vaccin grippal trivalent"
    )
    spray = medicine("SOUCHE A/FICTIVILLE/1/2023", "nasale", name="FLUFICT. Vaccin grippal vivant")
    assert inferred(shot, spray) == ["J07BB02", ""]


def test_our_list_holds_together():
    uses = {"vaccine", *atc.FAMILIES, *atc.FAMILIES.values(), "intra-utérine", "intracaverneuse"}
    rows = atc._added()
    assert len({row[:2] for row in rows}) == len(rows)
    for names, use, code in rows:
        assert re.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d", code) and use in uses
        if use != "vaccine":
            said = [name.strip() for name in names.split("+")]
            assert [moiety(name) for name in said] == said, f"{names} is not written as it is looked for"


@pytest.mark.skipif(
    not (SHARED / "clinical" / "bdpm").is_dir(), reason="fichiers réels de la BDPM absents de ../shared/data"
)
def test_the_real_medicines():
    read = bdpm.read_folder(SHARED / "clinical" / "bdpm").medicines.values()
    sold = [one for one in read if one["marketed"]]
    without = [one for one in sold if not one["atc"]]
    assert (len(sold), len(without), sum(one["homeopathic"] for one in without)) == (13592, 2523, 1319)
    for name, code in [
        ("VOLTARENE 50", "M01AB05"),
        ("CELEBREX", "M01AH01"),
        ("VAXIGRIP", "J07BB02"),
        ("VARNOLINE", "G03AA09"),
    ]:
        found = {(one["atc"], one["atc_inferred"]) for one in sold if one["name"].startswith(name)}
        assert found == {(code, True)}
    labels = [one["dci_label"] for one in sold if one["name"].startswith("ENTRESTO 49")]
    assert labels == ["Sacubitril 48,6 mg + Valsartan 51,4 mg, comprimé pelliculé"]
    assert max(len(one["dci_label"]) for one in sold if "Vaccin" in one["name"]) <= 190
