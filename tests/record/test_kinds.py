"""What each kind accepts; and that no text of a record is unbounded (R5.7, E-DEV-2)."""

from __future__ import annotations

import typing
from datetime import date

import pytest
from pydantic import BaseModel, ValidationError

from serment.record import guards, kinds, scores
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.content import Content, is_over, rows_of
from serment.record.kinds.history import History
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.note import Note
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import Screening
from serment.record.kinds.treatment import Treatment
from serment.record.measure_fields import MeasureHints

OWN = {
    "consultation",
    "problem",
    "allergy",
    "history",
    "treatment",
    "measure",
    "observation",
    "pregnancy",
    "note",
    "vaccination",
    "situation",
    "lifestyle",
    "score",
    "screening",
    "document",
    "result",
}


def test_the_registry_knows_its_kinds_and_those_of_higher_rooms():
    codes = {kind.code for kind in kinds.all_kinds()}
    assert codes >= OWN | {"prescription"}
    with pytest.raises(kinds.UnknownKind):
        kinds.get("horoscope")
    with pytest.raises(ValueError, match="already"):
        kinds.register(kinds.Kind("problem", Note, "Autre", "Autres"))


def _texts(model: type[BaseModel]) -> list[tuple[str, typing.Any]]:
    return [(name, field) for name, field in model.model_fields.items() if field.annotation is str]


@pytest.mark.parametrize("code", sorted(OWN))
def test_every_text_is_bounded_and_every_shown_field_named_in_french(code):
    model = kinds.get(code).model
    for name, field in _texts(model):
        assert any(getattr(limit, "max_length", None) for limit in field.metadata), f"{code}.{name}"
    assert issubclass(model, Content)
    for name, field in model.model_fields.items():
        assert name in model.hidden or field.title or code == "measure", f"{code}.{name}"


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Problem, {"label": "x"}),
        (Problem, {"label": "Asthme", "status": "maybe"}),
        (Problem, {"label": "y" * 201}),
        (Allergy, {"substance": ""}),
        (Allergy, {"substance": "Pénicilline", "severity": "terrible"}),
        (Allergy, {"substance": "Pénicilline", "certainty": "refuted"}),
        (History, {"text": "Appendicectomie", "side": "neighbour"}),
        (History, {"text": ""}),
        (Treatment, {"label": ""}),
        (Treatment, {"label": "Metformine", "status": "paused"}),
        (Note, {"text": "z" * 2001}),
        (Consultation, {"history": "a" * 4001}),
        (Consultation, {"problems": [CodedProblem(code="I10", label="HTA")] * 9}),
        (MeasureSet, {"values": {}}),
        (MeasureSet, {"values": {"aura": 3}}),
        (MeasureSet, {"values": {"temperature": 377}}),
    ],
)
def test_what_a_kind_refuses(model, values):
    with pytest.raises(ValidationError):
        model(**values)


def test_the_bmi_follows_from_weight_and_height():
    assert MeasureSet(values={"weight": 70, "height": 175}).values["bmi"] == 22.9
    assert "bmi" not in MeasureSet(values={"weight": 70}).values
    assert MeasureSet(values={"systolic": 132, "diastolic": 81}).line() == "Tension 132/81\u00a0mmHg"


def test_rows_speak_french():
    rows = dict(rows_of(Allergy(substance="Pénicilline", severity="severe", code="X1")))
    assert rows == {"Substance ou classe": "Pénicilline", "Gravité": "grave", "Certitude": "confirmée"}
    assert is_over(Problem(label="Angine", status="resolved")) and not is_over(Problem(label="Angine"))


def test_a_social_security_number_in_a_text_is_seen():
    assert guards.has_nir("vu pour 2 84 05 35 238 001 97 hier")
    assert guards.has_nir("284053523800197")
    assert not guards.has_nir("tél. 02 99 00 00 00, dossier 284053523800100")


def test_hints_give_the_bmi_and_what_looks_wrong():
    assert MeasureHints({"m_weight": "70", "m_height": "175"}).phrases() == ["IMC\u00a0: 22,9\u00a0kg/m²"]
    assert "pas possible" in MeasureHints({"m_temperature": "377"}).phrases()[0]
    assert MeasureHints({"m_systolic": "230", "m_diastolic": "110"}).phrases()[0].startswith("À vérifier")
    assert "vérifiez les deux" in MeasureHints({"m_weight": "300", "m_height": "100"}).phrases()[0]


def test_a_clinical_word_keeps_its_capitals():
    breast = Screening(exam="breast", done_on=date(2026, 3, 2), result="ACR2 à gauche")
    assert breast.line() == "Mammographie, le 02/03/2026\u00a0: ACR2 à gauche"
    items = scores.parse_items("HTA traitée | 0 non ; 1 oui\npH urinaire | 3\nsous AVK | 1")
    score = scores.Definition("x", "Risque", "", items, (), own=True, watched=0).read([1, 2, 0])
    assert [label for label, _ in score.rows()][-3:] == ["HTA traitée", "pH urinaire", "Sous AVK"]
    assert score.attention.startswith("HTA traitée\u00a0: «\u00a0oui\u00a0»")


def test_what_makes_a_problem_precise_is_said_with_it():
    problem = Problem(label="Diabète", note="sous metformine", code="E11", since="2012", status="resolved")
    assert problem.line() == "Diabète, sous metformine (E11) depuis 2012 – résolu"
    assert problem.checked == "Diabète (E11)"
