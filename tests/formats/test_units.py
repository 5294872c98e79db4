"""Measures: codes, bounds, computed values (R5.7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import units
from serment.formats.errors import FormatError


def test_loinc_codes():
    assert {code: kind.loinc for code, kind in units.MEASURES.items()} == {
        "weight": "29463-7",
        "height": "8302-2",
        "bmi": "39156-5",
        "systolic": "8480-6",
        "diastolic": "8462-4",
        "temperature": "8310-5",
        "heart_rate": "8867-4",
        "respiratory_rate": "9279-1",
        "spo2": "59408-5",
        "glucose": "41653-7",
        "head": "9843-4",
        "waist": "8280-0",
        "fundal_height": "11881-0",
        "fetal_heart_rate": "55283-6",
    }


@pytest.mark.parametrize("kind", units.MEASURES.values(), ids=lambda kind: kind.code)
def test_soft_bounds_lie_within_hard_ones(kind):
    assert kind.hard[0] <= kind.soft[0] < kind.soft[1] <= kind.hard[1]


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        ("weight", "72,5", 72.5),
        ("weight", "72.5 kg", 72.5),
        ("weight", "3,25", 3.3),
        ("temperature", "38,4\u00a0°C", 38.4),
        ("spo2", "98 %", 98.0),
        ("glucose", "1,05 g/l", 1.05),
        ("systolic", "130", 130.0),
    ],
)
def test_typed_values(code, typed, value):
    assert units.parse_measure(code, typed) == value


@pytest.mark.parametrize("typed", ["", "douze", "-5", "nan", "inf", "1e2", "7 2"])
def test_not_a_number(typed):
    with pytest.raises(FormatError, match="saisissez un nombre, en kg"):
        units.parse_measure("weight", typed)


def test_hard_bounds_refuse_and_soft_ones_ask():
    with pytest.raises(FormatError, match="n’est pas possible"):
        units.parse_measure("temperature", "377")
    assert units.is_unusual("systolic", 210) and not units.is_unusual("systolic", 130)


@given(st.sampled_from(sorted(units.MEASURES)), st.floats(0, 1))
def test_shown_values_read_back(code, place):
    kind = units.MEASURES[code]
    low, high = kind.hard
    text = kind.text(low + (high - low) * place)
    value = units.parse_measure(code, text)
    assert kind.text(value) == text


def test_computed():
    assert units.bmi(70, 175) == 22.9
    assert units.body_surface(70, 175) == 1.84
    assert units.pressure_problem(130, 80) == ""
    assert "vérifiez" in units.pressure_problem(80, 130)
    with pytest.raises(ValueError, match="height"):
        units.bmi(70, 0)
