"""Dates and ages as people here type and read them (DESIGN §9)."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import dates
from serment.formats.errors import FormatError

TODAY = date(2026, 11, 23)
BORN = date(1958, 11, 23)


@pytest.mark.parametrize(
    "typed",
    [
        "23/11/1958",
        "23.11.58",
        "23-11-1958",
        "23 11 58",
        "23111958",
        "231158",
        "1958-11-23",
        "23 nov 1958",
        "23 nov. 1958",
        "23 novembre 1958",
        "  23\u00a0NOVEMBRE 1958 ",
        "dimanche 23 novembre 1958",
    ],
)
def test_any_usual_typing(typed):
    assert dates.parse_french_date(typed, TODAY) == BORN


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1er mars 1990", date(1990, 3, 1)),
        ("3 fév 1990", date(1990, 2, 3)),
        ("3 août 90", date(1990, 8, 3)),
        ("3 aout 90", date(1990, 8, 3)),
        ("3 juil 1990", date(1990, 7, 3)),
        ("23.11.26", TODAY),
        ("24.11.26", date(1926, 11, 24)),
        ("29/02/00", date(2000, 2, 29)),
    ],
)
def test_months_and_short_years(typed, expected):
    assert dates.parse_french_date(typed, TODAY) == expected


def test_future_dates_only_where_asked():
    assert dates.parse_french_date("01/12/27", TODAY, future=True) == date(2027, 12, 1)
    assert dates.parse_french_date("01/12/2080", TODAY, future=True) == date(2080, 12, 1)
    assert dates.parse_french_date("01/12/80", TODAY, future=True) == date(1980, 12, 1)
    with pytest.raises(FormatError, match="futur"):
        dates.parse_french_date("24/11/2026", TODAY)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "jour/mois/année"),
        ("hier", "ne se lit pas"),
        ("30/02/1990", "n’existe pas"),
        ("29/02/26", "n’existe pas"),
        ("12/13/1990", "n’existe pas"),
        ("3 jui 1990", "mois ne se lit pas"),
        ("3 brumaire 1990", "mois ne se lit pas"),
        ("samdi 3 mars 1990", "jour de la semaine"),
        ("1/1/1700", "130 ans"),
        ("٢٣/11/1958", "ne se lit pas"),
    ],
)
def test_refusals_say_what_to_do(typed, advice):
    with pytest.raises(FormatError, match=advice):
        dates.parse_french_date(typed, TODAY)


@given(st.dates(date(1897, 1, 1), TODAY))
def test_written_dates_read_back(value):
    for written in (dates.short(value), dates.medium(value), dates.long(value), value.isoformat()):
        assert dates.parse_french_date(written, TODAY) == value
    assert dates.parse_french_date(dates.short(value).replace("/", ""), TODAY) == value


@given(st.dates(TODAY - timedelta(days=36_500), TODAY))
def test_a_short_year_reads_back_within_the_last_hundred_years(value):
    assert dates.parse_french_date(value.strftime("%d/%m/%y"), TODAY) == value


@given(st.text(max_size=30))
def test_any_text_gives_a_past_date_or_a_format_error(text):
    with contextlib.suppress(FormatError):
        assert dates.parse_french_date(text, TODAY) <= TODAY


def test_writing():
    assert dates.short(TODAY) == "23/11/2026"
    assert dates.long(TODAY) == "lundi 23\u00a0novembre 2026"
    assert dates.long(date(2026, 12, 1)) == "mardi 1er\u00a0décembre 2026"
    assert dates.clock(time(14, 30)) == "14\u00a0h\u00a030"
    assert dates.clock(datetime(2026, 11, 23, 8, 5)) == "8\u00a0h\u00a005"
    assert [dates.minutes_text(n) for n in (12, 60, 65)] == ["12\u00a0min", "1\u00a0h", "1\u00a0h\u00a005"]


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (TODAY, "0 jour"),
        (date(2026, 11, 22), "1 jour"),
        (date(2026, 11, 11), "12 jours"),
        (date(2026, 10, 24), "30 jours"),
        (date(2026, 10, 23), "1 mois"),
        (date(2025, 12, 20), "11 mois"),
        (date(2024, 11, 24), "23 mois"),
        (date(2024, 11, 23), "2 ans"),
        (date(2023, 9, 1), "3 ans 2 mois"),
        (date(2019, 11, 24), "6 ans 11 mois"),
        (date(2018, 1, 1), "8 ans"),
        (date(1981, 11, 23), "45 ans"),
        (date(1981, 11, 24), "44 ans"),
    ],
)
def test_ages(birth, expected):
    assert dates.age_text(birth, TODAY).replace("\u00a0", " ") == expected


def test_no_age_before_birth():
    with pytest.raises(FormatError):
        dates.age_text(TODAY, BORN)
    assert dates.age_years(date(2004, 2, 29), date(2026, 2, 28)) == 21
