"""Priced situations, each line with its reason; shares that always sum (NGAP, convention, article 11B)."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.billing.quote import Situation, quote
from serment.billing.quote.cumul import Refused
from serment.billing.quote.tariffs import Unpriced, tariffs

DOCTOR = {"profession": "medecin", "date": "2026-11-20", "time": "10:00", "patient": {"age": 40}}
NURSE = {
    "profession": "infirmier",
    "date": "2026-06-10",
    "time": "10:00",
    "place": "home",
    "patient": {"age": 70},
}


def priced(base: dict, acts: list, **more):
    patient = {**base["patient"], **more.pop("patient", {})}
    acts = [{"code": a} if isinstance(a, str) else a for a in acts]
    return quote(Situation.model_validate({**base, **more, "patient": patient, "acts": acts}))


def amounts(found) -> tuple[int, int, int, int]:
    totals = found.totals
    return totals["total_cents"], totals["amo_cents"], totals["amc_cents"], totals["patient_cents"]


def ami(coefficient, **more) -> dict:
    return {"code": "AMI", "coefficient": coefficient, **more}


def excess(cents: int) -> dict:
    return {"code": "G", "excess_cents": cents}


# (acts, changes of the situation, total, AMO, AMC, patient) in cents. Tariffs: ameli.fr at 22/12/2024; convention.
DOCTORS = [
    (["G"], {}, 3000, 2100, 0, 900),
    (["G"], {"patient": {"amc": True}}, 3000, 2100, 900, 0),
    (["G"], {"parcours": "outside"}, 3000, 900, 0, 2100),
    (["G"], {"parcours": "outside", "patient": {"age": 15}}, 3000, 2100, 0, 900),
    (["G"], {"parcours": "emergency"}, 3000, 2100, 0, 900),
    (["G"], {"parcours": "direct"}, 3000, 2100, 0, 900),
    (["G"], {"patient": {"ald": True}}, 3000, 3000, 0, 0),
    ([{"code": "G", "ald_related": False}], {"patient": {"ald": True}}, 3000, 2100, 0, 900),
    (["G"], {"patient": {"maternity_month": 6}}, 3000, 3000, 0, 0),
    (["G"], {"patient": {"maternity_month": 5}}, 3000, 2100, 0, 900),
    (["G"], {"patient": {"at_mp": True, "at_mp_date": "2026-11-01"}}, 3000, 3000, 0, 0),
    (["G"], {"patient": {"c2s": True}}, 3000, 2100, 900, 0),
    (["G"], {"patient": {"c2s": True}, "parcours": "outside"}, 3000, 2100, 900, 0),
    (["G"], {"patient": {"ame": True}}, 3000, 2100, 900, 0),
    (["G"], {"patient": {"alsace_moselle": True}}, 3000, 2700, 0, 300),
    (["G"], {"patient": {"alsace_moselle": True, "amc": True}}, 3000, 2700, 300, 0),
    (["GS"], {}, 3000, 2100, 0, 900),
    (["G", "MEG"], {"patient": {"age": 4}}, 3500, 2450, 0, 1050),
    (["VG"], {"place": "home"}, 3000, 2100, 0, 900),
    (["VG", "MD"], {"place": "home"}, 4000, 2800, 0, 1200),
    (["VL", "MD"], {"place": "home"}, 7000, 4900, 0, 2100),
    (["VG", "MU"], {"place": "home"}, 5260, 3682, 0, 1578),
    (["VG", "MD", "MEG"], {"place": "home", "patient": {"age": 2}}, 4500, 3150, 0, 1350),
    (["COE"], {"patient": {"age": 0}}, 6000, 4200, 0, 1800),
    (["COD"], {"patient": {"age": 9}}, 3500, 2450, 0, 1050),
    (["TCG"], {"place": "remote"}, 2500, 1750, 0, 750),
    (["G", "MCG"], {}, 3500, 2450, 0, 1050),
    (["G", "MHP"], {"time": "21:00"}, 3500, 2450, 0, 1050),
    (["G", "MHP"], {"date": "2026-11-22"}, 3500, 2450, 0, 1050),
    (["G", "MHP"], {"public_holiday": True}, 3500, 2450, 0, 1050),
    (["G", "CRN"], {"time": "21:00"}, 7250, 5075, 0, 2175),
    (["G", "CRN"], {"time": "07:30"}, 7250, 5075, 0, 2175),
    (["G", "CRM"], {"time": "03:00"}, 8950, 6265, 0, 2685),
    (["G", "CRD"], {"public_holiday": True}, 5650, 3955, 0, 1695),
    (["CS"], {}, 2300, 1610, 0, 690),
    (["CS", "MCS"], {}, 2800, 1960, 0, 840),
    (["CS"], {"parcours": "outside"}, 2300, 690, 0, 1610),
    (["APC"], {}, 6000, 4200, 0, 1800),
    (["APC"], {"patient": {"ald": True, "amc": True}}, 6000, 6000, 0, 0),
    (["IMT"], {}, 6000, 4200, 0, 1800),
    (["CCP"], {}, 4750, 3325, 0, 1425),
    ([excess(2000)], {"sector": "2"}, 4300, 1610, 0, 2690),
    ([excess(2000)], {"sector": "2", "patient": {"amc": True}}, 4300, 1610, 690, 2000),
    ([excess(2000)], {"sector": "2", "parcours": "outside"}, 4300, 690, 0, 3610),
    ([excess(2000)], {"sector": "2-optam"}, 5000, 2100, 0, 2900),
    (["G"], {"sector": "2"}, 3000, 2100, 0, 900),
]
# AMI 3,15 € until 31/10/2026, 3,35 € after (to be confirmed); 3,30 € in the overseas departments; IFD and IFI 2,75 €.
NURSES = [
    ([ami(1)], {}, 315, 189, 0, 126),
    ([ami("1.5")], {}, 473, 284, 0, 189),
    ([ami(2)], {}, 630, 378, 0, 252),
    ([ami(3)], {}, 945, 567, 0, 378),
    ([ami(4)], {}, 1260, 756, 0, 504),
    ([ami(5)], {}, 1575, 945, 0, 630),
    ([ami(4)], {"zone": "dom"}, 1320, 792, 0, 528),
    ([ami(4)], {"date": "2026-10-30"}, 1260, 756, 0, 504),
    ([ami(4)], {"date": "2026-11-02"}, 1340, 804, 0, 536),
    ([ami(4)], {"patient": {"ald": True}}, 1260, 1260, 0, 0),
    ([ami(4)], {"patient": {"amc": True}}, 1260, 756, 504, 0),
    ([ami(4)], {"parcours": "outside"}, 1260, 756, 0, 504),
    ([ami(4), ami(2)], {}, 1575, 945, 0, 630),
    ([ami(2), ami(4)], {}, 1575, 945, 0, 630),
    ([ami(2), ami(4), "AMI"], {}, 1575, 945, 0, 630),
    ([ami(4), ami(2, full_rate=True)], {}, 1890, 1134, 0, 756),
    ([ami(4), ami(2), ami("1.5", full_rate=True)], {}, 2048, 1229, 0, 819),
    ([ami("1.5"), "MAU", "IFD"], {}, 883, 530, 0, 353),
    ([ami(1), "MAU"], {}, 450, 270, 0, 180),
    ([{"code": "AIS", "coefficient": 3}, "IFD"], {}, 1070, 642, 0, 428),
    ([{"code": "AIS", "coefficient": 4}], {}, 1060, 636, 0, 424),
    (["BSA"], {}, 1300, 780, 0, 520),
    (["BSA", "IFI"], {}, 1575, 945, 0, 630),
    (["BSB"], {}, 1820, 1092, 0, 728),
    (["BSB", {"code": "IFI", "quantity": 2}], {}, 2370, 1422, 0, 948),
    (["BSC"], {}, 2870, 1722, 0, 1148),
    (["BSC", {"code": "IFI", "quantity": 4}], {"patient": {"ald": True}}, 3970, 3970, 0, 0),
    (["BSA"], {"zone": "dom"}, 1325, 795, 0, 530),
    (["BSB"], {"zone": "dom"}, 1855, 1113, 0, 742),
    (["BSC"], {"zone": "dom"}, 2925, 1755, 0, 1170),
    ([ami(4), "MIE", "IFD"], {"patient": {"age": 5}}, 1850, 1110, 0, 740),
    ([ami(4), "MN1", "IFD"], {"time": "21:00"}, 2450, 1470, 0, 980),
    ([ami(4), "MN1"], {"time": "06:00"}, 2175, 1305, 0, 870),
    ([ami(4), "MN2"], {"time": "23:30"}, 3090, 1854, 0, 1236),
    ([ami(4), "MN2"], {"time": "04:00"}, 3090, 1854, 0, 1236),
    ([ami(4), "MDD"], {"date": "2026-06-14"}, 2110, 1266, 0, 844),
    ([ami(4), "MDD"], {"public_holiday": True}, 2110, 1266, 0, 844),
    ([ami(4), "MCI", "IFD"], {}, 2035, 1221, 0, 814),
    ([ami(4), {"code": "IK", "quantity": 8}], {}, 1540, 924, 0, 616),
    ([{"code": "DI", "coefficient": "2.5"}], {}, 2500, 1500, 0, 1000),
    ([{"code": "AMX", "coefficient": 4}, "BSA"], {}, 2560, 1536, 0, 1024),
]
# AMK 2,21 € (2,43 € overseas) since 22/02/2024; AMO 2,60 € (2,72 €) since 2024.
AMK, AMO = "kinesitherapeute", "orthophoniste"
OTHERS = [
    (AMK, ["7.5"], {}, 1658, 995, 0, 663),
    (AMK, ["8"], {}, 1768, 1061, 0, 707),
    (AMK, ["8.1"], {}, 1790, 1074, 0, 716),
    (AMK, ["8.1"], {"zone": "dom"}, 1968, 1181, 0, 787),
    (AMK, ["9.5"], {}, 2100, 1260, 0, 840),
    (AMK, ["9.8"], {}, 2166, 1300, 0, 866),
    (AMK, ["8", "5"], {}, 1768, 1061, 0, 707),
    (AMK, ["5", "8"], {}, 1768, 1061, 0, 707),
    (AMK, ["8"], {"patient": {"ald": True}}, 1768, 1768, 0, 0),
    (AMK, ["8"], {"patient": {"amc": True}}, 1768, 1061, 707, 0),
    (AMK, ["8"], {"patient": {"c2s": True}}, 1768, 1061, 707, 0),
    (AMK, ["8"], {"patient": {"at_mp": True, "at_mp_date": "2026-03-02"}}, 1768, 1768, 0, 0),
    (AMO, ["9.7"], {}, 2522, 1513, 0, 1009),
    (AMO, ["9.9"], {}, 2574, 1544, 0, 1030),
    (AMO, ["11.4"], {}, 2964, 1778, 0, 1186),
    (AMO, ["11.4"], {"zone": "dom"}, 3101, 1861, 0, 1240),
    (AMO, ["11.5"], {}, 2990, 1794, 0, 1196),
    (AMO, ["11.6"], {}, 3016, 1810, 0, 1206),
    (AMO, ["11.7"], {}, 3042, 1825, 0, 1217),
    (AMO, ["15.4"], {"patient": {"amc": True}}, 4004, 2402, 1602, 0),
    (AMO, ["33.98"], {}, 8835, 5301, 0, 3534),
    (AMO, ["34.01"], {}, 8843, 5306, 0, 3537),
    (AMO, ["39.99"], {"patient": {"ald": True}}, 10397, 10397, 0, 0),
    (AMO, ["40.02"], {"patient": {"alsace_moselle": True}}, 10405, 9365, 0, 1040),
]


@pytest.mark.parametrize(("acts", "more", "total", "amo", "amc", "patient"), DOCTORS)
def test_doctors(acts, more, total, amo, amc, patient):
    assert amounts(priced(DOCTOR, acts, **more)) == (total, amo, amc, patient)


@pytest.mark.parametrize(("acts", "more", "total", "amo", "amc", "patient"), NURSES)
def test_nurses(acts, more, total, amo, amc, patient):
    assert amounts(priced(NURSE, acts, **more)) == (total, amo, amc, patient)


@pytest.mark.parametrize(("profession", "coefficients", "more", "total", "amo", "amc", "patient"), OTHERS)
def test_physiotherapists_and_speech_therapists(profession, coefficients, more, total, amo, amc, patient):
    code = "AMK" if profession == AMK else "AMO"
    acts = [{"code": code, "coefficient": coefficient} for coefficient in coefficients]
    found = priced({**DOCTOR, "profession": profession}, acts, **more)
    assert amounts(found) == (total, amo, amc, patient)


def test_a_visit_of_a_physiotherapist_has_its_travel():
    acts = [{"code": "AMK", "coefficient": 8}, "IFD", "IFS"]
    assert amounts(priced({**DOCTOR, "profession": AMK}, acts, place="home")) == (2418, 1451, 0, 967)


@pytest.mark.parametrize(
    ("base", "acts", "more", "word"),
    [
        (DOCTOR, ["MEG"], {"patient": {"age": 6}}, "moins de 6 ans"),
        (DOCTOR, ["MD"], {}, "domicile"),
        (DOCTOR, ["VG"], {}, "domicile"),
        (DOCTOR, ["TCG"], {}, "distance"),
        (DOCTOR, ["MCG"], {"parcours": "outside"}, "parcours"),
        (DOCTOR, ["MHP"], {}, "ni l’heure"),
        (DOCTOR, ["CRM"], {"time": "21:00"}, "ni l’heure"),
        (DOCTOR, [excess(500)], {}, "dépassement"),
        (DOCTOR, ["G"], {"patient": {"at_mp": True}}, "donnez sa date"),
        (DOCTOR, ["G"], {"patient": {"at_mp": True, "at_mp_date": "2026-12-01"}}, "après celle des soins"),
        (NURSE, ["BSA", "BSB"], {}, "Un seul forfait"),
        (NURSE, ["BSA", "AIS"], {}, "ne se cumule pas"),
        (NURSE, ["BSA", "MCI"], {}, "ne se cumule pas"),
        (NURSE, ["BSA", {"code": "IFI", "quantity": 5}], {}, "Quatre IFI"),
        (NURSE, [ami(4), "MAU"], {}, "acte unique"),
        (NURSE, ["AMI", "AMI", "MAU"], {}, "acte unique"),
        (NURSE, ["AMI", "MN1", "MDD"], {"date": "2026-06-14", "time": "21:00"}, "ne se cumulent pas"),
    ],
)
def test_what_may_not_be_billed_is_refused_with_its_rule(base, acts, more, word):
    with pytest.raises(Refused, match=word) as refused:
        priced(base, acts, **more)
    assert refused.value.source


@pytest.mark.parametrize(
    ("base", "code", "word"),
    [
        (DOCTOR, "AMI", "pas un acte de cette profession"),
        (DOCTOR, "ZZZ", "pas inventé"),
        ({**DOCTOR, "date": "2016-01-01"}, "G", "aucun tarif sourcé"),
        ({**DOCTOR, "profession": "pedicure_podologue"}, "POD", "pas inventé"),
        ({**DOCTOR, "profession": "sage_femme"}, "SF", "pas inventé"),
    ],
)
def test_what_is_not_sourced_is_absent(base, code, word):
    with pytest.raises(Unpriced, match=word):
        priced(base, [code])


def test_third_party_and_information():
    none = priced(DOCTOR, ["G"], patient={"amc": True})
    assert none.due == {"amo_cents": 0, "amc_cents": 0, "patient_cents": 3000}
    amo = priced(DOCTOR, ["G"], third_party="amo", patient={"amc": True})
    assert amo.due == {"amo_cents": 2100, "amc_cents": 0, "patient_cents": 900}
    full = priced(DOCTOR, ["G"], patient={"c2s": True})
    assert full.due == {"amo_cents": 2100, "amc_cents": 900, "patient_cents": 0}
    assert "2 €" in none.information[0] and "Ni participation" in full.information[0]


def test_suggestions_are_offered_never_added():
    found = priced(DOCTOR, ["G"], patient={"age": 3})
    assert {"code": "MEG", "why": "majoration enfant de moins de six ans"} in found.suggestions
    assert [line.code for line in found.lines] == ["G"]


def test_each_line_says_why_and_what_to_confirm():
    found = priced(DOCTOR, ["G", "MEG"], patient={"age": 3})
    assert all(line.rule and line.source for line in found.lines)
    assert found.to_confirm == ["MEG"]


def test_every_tariff_has_its_source():
    for tariff in tariffs().values():
        assert all(row.source and row.confidence in ("sourcé", "à vérifier") for row in tariff.rows)


doctor_acts = st.lists(st.sampled_from(["G", "APC", "IMT", "MCG", "CS"]), min_size=1, max_size=6)
nurse_acts = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(["AMI", "AMX", "IFD", "MCI"]),
            "coefficient": st.integers(1, 9),
            "quantity": st.integers(1, 3),
        }
    ),
    min_size=1,
    max_size=5,
)
patients = st.fixed_dictionaries(
    {
        "age": st.integers(16, 99),
        "ald": st.booleans(),
        "c2s": st.booleans(),
        "amc": st.booleans(),
        "alsace_moselle": st.booleans(),
        "maternity_month": st.integers(0, 9),
    }
)


@given(st.one_of(doctor_acts.map(lambda a: (DOCTOR, a)), nurse_acts.map(lambda a: (NURSE, a))), patients)
def test_shares_sum_and_none_is_negative(session, patient):
    base, acts = session
    found = priced(base, acts, patient=patient)
    for line in found.lines:
        parts = (line.amo_cents, line.amc_cents, line.patient_cents)
        assert sum(parts) == line.base_cents + line.excess_cents and min(parts) >= 0
    assert sum(found.due.values()) == found.totals["total_cents"]


@given(nurse_acts)
def test_the_order_of_lines_does_not_matter(acts):
    orders = itertools.islice(itertools.permutations(acts), 8)
    assert len({json.dumps(priced(NURSE, list(order)).totals) for order in orders}) == 1


def test_the_command_prints_json_and_refuses_in_french(tmp_path):
    file = tmp_path / "seance.json"
    file.write_text(json.dumps({**DOCTOR, "acts": [{"code": "G"}]}))
    command = [sys.executable, "-m", "serment", "billing", "quote", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["totals"]["amo_cents"] == 2100
    file.write_text(json.dumps({**DOCTOR, "acts": [{"code": "AMI"}]}))
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "profession" in done.stderr and "Traceback" not in done.stderr
