"""The engine: what it refuses and by which rule, what it tells, what always holds (NGAP, CCAM, conventions)."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serment.billing.quote import Situation, propose, quote, shipped
from serment.billing.quote.conditions import Refused
from serment.billing.quote.tariffs import Unpriced, tariffs

DOCTOR = {"profession": "medecin", "date": "2026-11-20", "time": "10:00", "patient": {"age": 40}}
NURSE = {
    "profession": "infirmier",
    "date": "2026-06-10",
    "time": "10:00",
    "place": "home",
    "patient": {"age": 70},
}
PHYSIO = {**DOCTOR, "profession": "kinesitherapeute"}
SPEECH = {**DOCTOR, "profession": "orthophoniste"}


def situation(base: dict, acts: list, **more) -> Situation:
    patient = {**base["patient"], **more.pop("patient", {})}
    acts = [{"code": a} if isinstance(a, str) else a for a in acts]
    return Situation.model_validate({**base, **more, "patient": patient, "acts": acts})


def priced(base: dict, acts: list, **more):
    return quote(situation(base, acts, **more))


def ami(coefficient, **more) -> dict:
    return {"code": "AMI", "coefficient": coefficient, **more}


def excess(cents: int, reason: str = "") -> dict:
    return {"code": "G", "excess_cents": cents, "excess_reason": reason}


@pytest.mark.parametrize(
    ("base", "acts", "more", "word"),
    [
        (DOCTOR, ["MEG"], {"patient": {"age": 6}}, "moins de 6 ans"),
        (DOCTOR, ["MD"], {}, "domicile"),
        (DOCTOR, ["VG"], {}, "domicile"),
        (DOCTOR, ["TCG"], {}, "distance"),
        (DOCTOR, ["G", "MCG"], {"parcours": "outside"}, "parcours"),
        (DOCTOR, ["MCG", excess(500, "DA")], {"parcours": "outside"}, "parcours"),
        (DOCTOR, ["MHP"], {}, "ni l’heure"),
        (DOCTOR, ["CRM"], {"time": "21:00"}, "ni l’heure"),
        (DOCTOR, ["G", "CRN"], {"time": "21:00"}, "régulation"),
        (DOCTOR, ["VG", "CRN"], {"time": "21:00", "place": "home", "regulated": True}, "au domicile"),
        (DOCTOR, ["G", "MHP", "CRN"], {"time": "21:00", "regulated": True}, "ne se cumule pas"),
        (DOCTOR, ["CS"], {"specialty": "Médecine générale"}, "réservé au spécialiste"),
        (DOCTOR, ["COH"], {"specialty": "Médecine générale", "patient": {"age": 1}}, "pédiatre"),
        (DOCTOR, ["COV"], {"patient": {"age": 4}}, "secteur 2"),
        (DOCTOR, ["GL1"], {}, "80 ans"),
        (DOCTOR, ["MCG", "MCG"], {}, "une seule fois"),
        (DOCTOR, ["MEG"], {"patient": {"age": 3}}, "accompagne"),
        (DOCTOR, [{"code": "G", "coefficient": 2}], {}, "pas de coefficient"),
        (DOCTOR, [{"code": "G", "km": 3}], {}, "kilométrique"),
        (DOCTOR, [{"code": "G", "association": "1"}], {}, "hors de la CCAM"),
        (DOCTOR, [excess(500)], {}, "dépassement"),
        (DOCTOR, [excess(500, "DA")], {}, "dépassement"),
        (DOCTOR, [excess(500)], {"sector": "2", "patient": {"c2s": True}}, "C2S"),
        (DOCTOR, ["G"], {"patient": {"at_mp": True}}, "donnez sa date"),
        (DOCTOR, ["G"], {"patient": {"at_mp": True, "at_mp_date": "2026-12-01"}}, "après celle des soins"),
        (DOCTOR, [{"code": "DEQP003", "modifiers": ["M"]}], {}, "pas inventé"),
        (DOCTOR, [{"code": "DEQP003", "modifiers": ["F"]}], {}, "dimanche"),
        (DOCTOR, [{"code": "DEQP003", "association": "1"}], {}, "acte seul"),
        (DOCTOR, ["JKHD001"], {"patient": {"sex": "M"}}, "sexe féminin"),
        (
            DOCTOR,
            [{"code": "DEQP003", "association": "1"}, {"code": "GLQP012", "association": "3"}],
            {},
            "chirurgie",
        ),
        (
            {**DOCTOR, "specialty": "Cardiologie", "time": "22:00"},
            [{"code": "DEQP003", "modifiers": ["U"]}, {"code": "GLQP012", "modifiers": ["U"]}],
            {},
            "une fois",
        ),
        (
            {**DOCTOR, "specialty": "Médecine générale", "time": "22:00"},
            [{"code": "DEQP003", "modifiers": ["U"]}],
            {},
            "généralistes",
        ),
        (NURSE, ["BSA", "BSB"], {}, "ne se cumule pas"),
        (NURSE, ["BSA"], {"earlier": [{"code": "BSA"}]}, "par jour"),
        (NURSE, ["BSA"], {"earlier": [{"code": "BSC"}]}, "Un seul forfait"),
        (NURSE, ["BSA", "AIS"], {}, "ne se cumule pas"),
        (NURSE, ["BSA", "MCI"], {}, "ne se cumule pas"),
        (NURSE, ["BSA", {"code": "IFI", "quantity": 5}], {}, "4 par jour"),
        (NURSE, ["BSA", "IFI"], {"earlier": [{"code": "IFI", "quantity": 4}]}, "4 par jour"),
        (NURSE, [ami(4), "IFI"], {}, "suivi par BSI"),
        (NURSE, [ami(4), "IFD"], {"patient": {"bsi": True}}, "est IFI"),
        (NURSE, [ami(4), "MAU"], {}, "acte unique"),
        (NURSE, ["AMI", "AMI", "MAU"], {}, "acte unique"),
        (NURSE, [ami(14)], {"earlier": [ami(15)]}, "une seule fois par jour"),
        (NURSE, ["AMI", "MN1", "MDD"], {"date": "2026-06-14", "time": "21:00"}, "ne se cumule pas"),
        (NURSE, ["TLS", "TLD"], {}, "ne se cumule pas"),
        (PHYSIO, [{"code": "RAM", "coefficient": 8}], {"earlier": [{"code": "RAM"}]}, "Seconde séance"),
        (SPEECH, ["AMO", "AMO", "AMO"], {}, "2 par jour"),
        (
            {**DOCTOR, "profession": "pedicure_podologue"},
            [{"code": "POD", "coefficient": 2}],
            {},
            "0,67, 1, 1,17",
        ),
    ],
)
def test_what_may_not_be_billed_is_refused_with_its_rule(base, acts, more, word):
    with pytest.raises(Refused, match=word) as refused:
        priced(base, acts, **more)
    assert refused.value.source and 0 <= refused.value.place < len(acts)


@pytest.mark.parametrize(
    ("base", "code", "word"),
    [
        (DOCTOR, "AMI", "pas un acte de cette profession"),
        (DOCTOR, "ZZZ", "pas inventé"),
        ({**DOCTOR, "date": "2016-01-01"}, "G", "aucun tarif sourcé"),
        ({**DOCTOR, "zone": "dom"}, "G", "aucun tarif sourcé.*outre-mer"),
        ({**NURSE, "zone": "dom"}, "MCI", "aucun tarif sourcé"),
        ({**PHYSIO, "place": "home"}, "IFD", "aucun tarif sourcé"),
        ({**DOCTOR, "profession": "dieteticien"}, "DIET", "pas inventé"),
        ({**DOCTOR, "profession": "chirurgien_dentiste"}, "SPR", "pas inventé"),
        ({**DOCTOR, "profession": "infirmier"}, "DEQP003", "CCAM ne concerne pas"),
        (DOCTOR, "AAFA001", "pas dans la CCAM"),
        ({**DOCTOR, "date": "2019-01-01"}, "DEQP003", "pas en vigueur"),
    ],
)
def test_what_is_not_sourced_is_absent(base, code, word):
    with pytest.raises(Unpriced, match=word) as unpriced:
        priced(base, [code])
    assert unpriced.value.place == 0


def test_third_party_asked_and_imposed():
    none = priced(DOCTOR, ["G"], patient={"amc": True})
    assert none.due == {"amo_cents": 0, "amc_cents": 0, "patient_cents": 3000}
    amo = priced(DOCTOR, ["G"], third_party="amo", patient={"amc": True})
    assert amo.due == {"amo_cents": 2100, "amc_cents": 0, "patient_cents": 900}
    full = priced(DOCTOR, ["G"], patient={"c2s": True})
    assert full.due == {"amo_cents": 2100, "amc_cents": 900, "patient_cents": 0}
    for rights in ({"ald": True}, {"maternity_month": 7}, {"at_mp": True, "at_mp_date": "2026-11-01"}):
        imposed = priced(DOCTOR, ["G"], patient=rights)
        assert imposed.due["patient_cents"] == 0 and "obligatoire" in imposed.third_party["why"]
    partial = priced(DOCTOR, ["G"], third_party="full", patient={"amc": True, "amc_percent": 50})
    assert partial.due == {"amo_cents": 2100, "amc_cents": 450, "patient_cents": 450}


def test_what_is_told_changes_no_amount():
    told = priced(DOCTOR, ["G"]).information
    assert "2 €" in told[0] and "jamais encaissés" in told[0]
    assert "Ni participation" in priced(DOCTOR, ["G"], patient={"c2s": True}).information[0]
    assert any("prescription" in text for text in priced(NURSE, ["AMI"]).information)
    assert not any("prescription" in text for text in priced(NURSE, ["AMI"], prescription=True).information)
    assert any("remplacé" in text for text in priced(DOCTOR, ["G"], substitute=True).information)
    heavy = priced({**DOCTOR, "specialty": "Gynécologie-obstétrique"}, ["JQGD010"], patient={"sex": "F"})
    assert any("participation forfaitaire de 24 €" in text for text in heavy.information)


def test_an_act_outside_the_nomenclature_is_the_patient_s():
    asked = {"code": "HN", "excess_cents": 5500}
    found = priced(DOCTOR, [asked], patient={"ald": True, "c2s": True})
    assert found.lines[0].patient_cents == 5500 and found.lines[0].rate == 0
    assert found.totals["amo_cents"] == 0 and any("annoncé" in text for text in found.information)
    with pytest.raises(Refused, match="à part"):
        priced(DOCTOR, [asked, "G"])
    with pytest.raises(Refused, match="donnez son prix"):
        priced(DOCTOR, ["HN"])


def codes(found) -> list[str]:
    return [one.code for one in found]


def test_suggestions_are_offered_never_added():
    found = priced(DOCTOR, ["G"], patient={"age": 3})
    assert "MEG" in codes(found.suggestions) and codes(found.lines) == ["G"]
    night = priced(DOCTOR, ["G"], time="21:00")
    assert "MHP" in codes(night.suggestions) and "CRN" not in codes(night.suggestions)
    regulated = priced(DOCTOR, ["G"], time="21:00", regulated=True)
    assert "CRN" in codes(regulated.suggestions) and "MHP" not in codes(regulated.suggestions)
    assert "IFD" in codes(priced(NURSE, [ami(4)]).suggestions)
    bsi = codes(priced(NURSE, ["BSB"]).suggestions)
    assert "IFI" in bsi and "IFD" not in bsi and "MAU" not in bsi


def test_the_usual_act_by_place_and_specialty():
    def main(base, **more):
        asked = situation(base, ["-"], **more)
        found = propose.main_act(asked.model_copy(update={"acts": []}), shipped())
        return found.code if found else None

    assert (
        main(DOCTOR) == "G" and main(DOCTOR, place="home") == "VG" and main(DOCTOR, place="remote") == "TCG"
    )
    assert main(DOCTOR, specialty="Cardiologie") == "CS"
    assert main(DOCTOR, specialty="Pédiatrie", patient={"age": 1}) == "CEH"
    assert main({**DOCTOR, "profession": "sage_femme"}) == "C"
    assert main(NURSE) is None and main(DOCTOR, zone="dom") is None


def test_each_line_says_why_and_what_to_confirm():
    found = priced(DOCTOR, ["G", "MEG"], patient={"age": 3})
    assert all(line.rule and line.source and line.key for line in found.lines)
    assert found.to_confirm == ["MEG"]


def test_a_ccam_price_past_its_year_has_to_be_confirmed():
    assert priced(DOCTOR, ["DEQP003"], date="2025-06-02").to_confirm == []
    assert priced(DOCTOR, ["DEQP003"], date="2026-06-01").to_confirm == ["DEQP003"]


def test_every_tariff_has_its_source():
    for tariff in tariffs().values():
        assert all(row.source and row.confidence in ("sourcé", "à vérifier") for row in tariff.rows)
        named = {*tariff.needs, *tariff.not_with}
        known = {code for owner, code in tariffs() if owner == tariff.profession}
        assert named <= known, f"{tariff.profession} {tariff.code} names {named - known}"


doctor_acts = st.lists(
    st.sampled_from(["G", "APC", "IMT", "CS", "DEQP003", "QZJA002", "QZGA004", "CAGD001", "JKHD001"]),
    min_size=1,
    max_size=6,
)
nurse_acts = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(["AMI", "AMX", "AMI"]),
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
        "amc_percent": st.integers(0, 100),
        "alsace_moselle": st.booleans(),
        "maternity_month": st.integers(0, 9),
    }
)
third = st.sampled_from(["none", "amo", "full"])
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine may be busy: what is checked is the price, not the pace."""


@unhurried
@given(
    st.one_of(doctor_acts.map(lambda a: (DOCTOR, a)), nurse_acts.map(lambda a: (NURSE, a))), patients, third
)
def test_shares_sum_and_none_is_negative(session, patient, asked):
    base, acts = session
    found = priced(base, acts, patient=patient, third_party=asked)
    for line in found.lines:
        parts = (line.amo_cents, line.amc_cents, line.patient_cents)
        assert sum(parts) == line.base_cents + line.excess_cents and min(parts) >= 0
    assert sum(found.due.values()) == found.totals["total_cents"] and min(found.due.values()) >= 0


@unhurried
@given(st.one_of(nurse_acts.map(lambda a: (NURSE, a)), doctor_acts.map(lambda a: (DOCTOR, a))))
def test_the_order_of_lines_does_not_matter(session):
    base, acts = session
    orders = itertools.islice(itertools.permutations(acts), 8)
    assert len({json.dumps(priced(base, list(order)).totals) for order in orders}) == 1


@unhurried
@given(st.dates(min_value=tariffs()[("infirmier", "AMI")].rows[0].starts), st.integers(0, 900))
def test_a_later_day_never_uses_an_older_row(day, later):
    import datetime as dt

    tariff = tariffs()[("infirmier", "AMI")]
    after = min(day.toordinal() + later, dt.date.max.toordinal())
    first, second = tariff.on(day, "metropole"), tariff.on(dt.date.fromordinal(after), "metropole")
    assert first.starts <= day and first.starts <= second.starts and first.cents <= second.cents


@unhurried
@given(st.integers(0, 600), st.integers(0, 60), st.integers(0, 60))
def test_kilometres_never_cost_less_by_going_further(today, km, more):
    def cents(distance):
        acts = [ami(4), {"code": "IK", "km": distance}]
        return priced(NURSE, acts, km_today=today).lines[1].base_cents

    assert 0 <= cents(km) <= cents(km + more)


@pytest.fixture
def run(tmp_path):
    def go(content, *options: str):
        file = tmp_path / "seance.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        command = [sys.executable, "-m", "serment", "billing", "quote", str(file), *options]
        return subprocess.run(command, capture_output=True, text=True)

    return go


def test_the_command_prints_json_and_refuses_in_french(run):
    done = run({**DOCTOR, "acts": [{"code": "G"}]})
    assert done.returncode == 0
    made = json.loads(done.stdout)
    assert made["totals"]["amo_cents"] == 2100
    assert {"base_cents", "rate", "amo_cents", "amc_cents", "patient_cents", "rule", "source"} <= set(
        made["lines"][0]
    )
    done = run({**DOCTOR, "acts": [{"code": "AMI"}]}, "--shipped")
    assert done.returncode == 1 and "acts[0]" in done.stderr and "profession" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ["JSON valide"]),
        ({**DOCTOR, "acts": [{"code": "G", "coeficient": 2}]}, ["acts[0].coeficient", "inconnu"]),
        ({**DOCTOR, "acts": []}, ["acts", "au moins 1"]),
        ({**DOCTOR, "date": "hier", "acts": [{"code": "G"}]}, ["date", "AAAA-MM-JJ"]),
        ({**DOCTOR, "patient": {"age": "x"}, "acts": [{"code": "G"}]}, ["patient.age", "entier"]),
        ({**DOCTOR, "sector": "3", "acts": [{"code": "G"}]}, ["sector", "attendu"]),
        ({"acts": [{"code": "G"}]}, ["profession", "absent", "patient", "date"]),
    ],
)
def test_a_bad_file_is_told_by_the_path_of_its_field(run, content, words):
    done = run(content)
    assert done.returncode == 1 and not done.stdout
    assert all(word in done.stderr for word in words), done.stderr


def test_the_schema_is_printed():
    command = [sys.executable, "-m", "serment", "billing", "quote", "--schema"]
    schema = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {"profession", "patient", "acts", "date"} <= set(schema["properties"])
