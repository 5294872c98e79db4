"""`serment prescribing check FILE.json`: what goes in, what comes out, what is wrong said in French with its path."""

from __future__ import annotations

import argparse
import json
import time

import pytest
from pydantic import ValidationError

from serment.catalogues.services import load_starter
from serment.cli import prescribing as command
from serment.prescribing import asked


@pytest.fixture
def loaded(db, monkeypatch):
    load_starter()
    monkeypatch.setattr(command, "migrate", lambda: None)


def run(tmp_path, content: str) -> int:
    path = tmp_path / "ordonnance.json"
    path.write_text(content)
    return command.run(argparse.Namespace(file=str(path)))


def test_the_alerts_and_what_is_not_covered_come_out_as_json(loaded, tmp_path, capsys):
    wanted = {
        "lines": [
            {"dci": "metformine 1000", "duration_days": 90},
            {"dci": "nouvellumab"},
            {"cis": "00000000"},
        ],
        "running": [{"dci": "lithium"}],
        "patient": {
            "age": 70,
            "sex": "M",
            "weight_kg": 70,
            "creatinine_clearance": 25,
            "allergies": ["pénicilline"],
        },
    }
    assert run(tmp_path, json.dumps(wanted)) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["alerts"][0]["kind"] == found["alerts"][0]["level"] == "contre-indication"
    assert found["alerts"][0]["needs_reason"] and "metformine" in found["alerts"][0]["source"]
    checks = {row["check"]: (row["covered"], row["lines"]) for row in found["coverage"]}
    assert checks["interactions"][1] == 2 and checks["fonction rénale"] == (1, 2)
    assert {"line": 2, "label": "00000000", "check": "inconnu au catalogue"} in found["not_covered"]["lines"]
    assert found["lines"][0]["medicine"].startswith("starter:") and found["lines"][2]["medicine"] is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "ce n’est pas du JSON"),
        ("{}", "lines : champ obligatoire"),
        ('{"lines": []}', "lines : trop court"),
        ('{"lines": [{"dci": "   "}]}', "lines > 0 : chaque ligne porte « cis » ou « dci »"),
        ('{"lines": [{"dci": "' + "x" * 400 + '"}]}', "lines > 0 > dci : trop long"),
        ('{"lines": [{}]}', "chaque ligne porte « cis » ou « dci »"),
        (
            '{"lines": [{"dci": "x", "duration_days": "beaucoup"}]}',
            "lines > 0 > duration_days : un nombre entier",
        ),
        ('{"lines": [{"dci": "x"}], "patient": {"sex": "Z"}}', "patient > sex : valeur hors de ses choix"),
        ('{"lines": [{"dci": "x"}], "patient": {"weight_kg": -4}}', "patient > weight_kg : trop petit"),
        ('{"lines": [{"dci": "x"}], "patient": {"weight_kg": NaN}}', "patient > weight_kg : un nombre fini"),
        (
            '{"lines": [{"dci": "x"}], "patient": {"creatinine_clearance": 0}}',
            "creatinine_clearance : trop petit",
        ),
    ],
)
def test_a_file_that_does_not_read_says_where_in_french(loaded, tmp_path, capsys, content, said):
    assert run(tmp_path, content) == 1
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there(loaded, capsys):
    assert command.run(argparse.Namespace(file="/nulle/part.json")) == 1
    said = capsys.readouterr().err
    assert "ne se lit pas" in said and "n’existe pas" in said and "No such" not in said


def test_twenty_lines_are_checked_in_a_constant_number_of_queries(loaded, django_assert_max_num_queries):
    names = ["amlodipine 5", "ramipril", "atorvastatine 20", "metformine 500", "furosémide", "bisoprolol 5", "apixaban",
             "allopurinol", "colchicine", "oméprazole", "lévothyroxine 75", "sertraline", "zopiclone", "paracétamol 1",
             "tramadol", "prednisone", "doxycycline", "clarithromycine", "spironolactone", "tamsulosine"]  # fmt: skip
    wanted = asked.Asked.model_validate({"lines": [{"dci": name} for name in names], "patient": {"age": 80}})
    from serment.prescribing.safety import Item, PatientFacts, review

    patient = PatientFacts(age=80, allergies=("pénicilline",), creatinine_clearance=25, problems=("Asthme",))
    items = [Item(place, asked._medicine(line)[0]) for place, line in enumerate(wanted.lines)]
    review(items, PatientFacts(age=80))
    with django_assert_max_num_queries(6):
        review(items, patient)
    spent = []
    for _ in range(8):
        begun = time.process_time()
        review(items, patient)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.03, f"{min(spent) * 1000:.0f} ms of processor; the issue asks for 30"


def test_an_impossible_reason_is_refused():
    with pytest.raises(ValidationError):
        asked.AskedLine.model_validate({"dci": "x", "non_substitutable": "ZZZ"})


def test_a_strength_is_the_one_written_or_unknown(loaded, tmp_path, capsys):
    wanted = {"lines": [{"dci": "amlodipine 5"}, {"dci": "metformine 1 g"}, {"dci": "metformine 7"}]}
    assert run(tmp_path, json.dumps(wanted)) == 0
    found = json.loads(capsys.readouterr().out)
    labels = [line["label"] for line in found["lines"]]
    assert labels[0].startswith("Amlodipine 5 mg") and labels[1].startswith("Metformine 1000 mg")
    assert not found["lines"][2]["medicine"]
    said = {"line": 2, "label": "metformine 7", "check": "dosage inconnu au catalogue"}
    assert said in found["not_covered"]["lines"]
