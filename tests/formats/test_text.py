"""Names, dates and measures as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import dates, names, units
from serment.formats.errors import FormatError

TODAY = date(2026, 11, 23)


@given(st.text())
def test_fold_is_idempotent(text):
    assert names.fold(names.fold(text)) == names.fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_a_query_prefix_is_always_indexed(word):
    for length in range(2, len(word) + 1):
        assert names.query_prefix(word[:length]) in names.prefixes(word)


def test_fold_ignores_accents_case_and_hyphens():
    assert names.fold("Jean-François  D’Œillet") == "jean francois d oeillet"


@pytest.mark.parametrize(
    "one, other",
    [
        ("lefebvre", "lefevre"),
        ("philippe", "filipe"),
        ("thibault", "thibaud"),
        ("thibault", "tibo"),
        ("durand", "durant"),
        ("gauthier", "gautier"),
        ("mathieu", "matthieu"),
        ("schmitt", "schmidt"),
        ("dupont", "dupond"),
    ],
)
def test_phonetic_brings_spellings_together(one, other):
    assert names.phonetic(one) == names.phonetic(other)


@pytest.mark.parametrize(
    "one, other", [("martin", "morvan"), ("bernard", "besnier"), ("petit", "perrin"), ("leroy", "laval")]
)
def test_phonetic_keeps_different_names_apart(one, other):
    assert names.phonetic(one) != names.phonetic(other)


@pytest.mark.parametrize(
    "typed",
    [
        "23/11/1958",
        "23.11.58",
        "23-11-1958",
        "23111958",
        "231158",
        "1958-11-23",
        "23 nov 1958",
        "23 novembre 1958",
        "23 nov. 58",
    ],
)
def test_any_usual_date(typed):
    assert dates.parse_french_date(typed, TODAY) == date(1958, 11, 23)


@pytest.mark.parametrize("typed", ["30/02/1990", "hier", "12/13/1990", "01/01/2050", "1/1/1700"])
def test_bad_dates_say_what_to_do(typed):
    with pytest.raises(FormatError):
        dates.parse_french_date(typed, TODAY)


@given(st.dates(date(1930, 1, 1), TODAY))
def test_dates_round_trip(value):
    assert dates.parse_french_date(dates.short(value), TODAY) == value
    assert dates.parse_french_date(dates.long(value).split(" ", 1)[1], TODAY) == value


def test_two_digit_years_are_past():
    assert dates.parse_french_date("01/12/26", TODAY) == date(1926, 12, 1)


def test_words():
    assert dates.long(date(2026, 12, 1)) == "mardi 1er décembre 2026"
    assert dates.age_text(date(2026, 11, 11), TODAY) == "12 jours"
    assert dates.age_text(date(2025, 12, 20), TODAY) == "11 mois"
    assert dates.age_text(date(2023, 9, 1), TODAY) == "3 ans 2 mois"
    assert dates.age_text(date(1981, 11, 23), TODAY) == "45 ans"


def test_measures_are_bounded():
    assert units.parse_measure("weight", "72,5") == 72.5
    with pytest.raises(FormatError, match="n’est pas possible"):
        units.parse_measure("temperature", "377")
    assert units.is_unusual("systolic", 210) and not units.is_unusual("systolic", 130)
    assert units.bmi(70, 175) == 22.9
