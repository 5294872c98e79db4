"""Telephone numbers, in the ranges reserved for fiction where one exists."""

from __future__ import annotations

import pytest

from serment.formats.errors import FormatError
from serment.formats.phone import display_phone, international_phone, is_mobile, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "06 39 98 12 34",
        "0639981234",
        "06.39.98.12.34",
        "06-39-98-12-34",
        "06/39/98/12/34",
        "06\u00a039\u202f98 12 34",
        "639981234",
        "33639981234",
        "+33639981234",
        "+33 6 39 98 12 34",
        "+33 (0)6 39 98 12 34",
        "0033 6 39 98 12 34",
    ],
)
def test_usual_typings_meet(typed):
    assert parse_phone(typed) == "+33639981234"


def test_forms():
    assert display_phone("+33639981234") == "06 39 98 12 34"
    assert international_phone("+33639981234") == "+33 6 39 98 12 34"
    assert display_phone(parse_phone("01 99 00 12 34")) == "01 99 00 12 34"
    assert display_phone("not a number") == "not a number"


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("0690 12 34 56", "+590690123456", "06 90 12 34 56"),
        ("0596 12 34 56", "+596596123456", "05 96 12 34 56"),
        ("0694 20 12 34", "+594694201234", "06 94 20 12 34"),
        ("0262 12 34 56", "+262262123456", "02 62 12 34 56"),
        ("+33 692 12 34 56", "+262692123456", "06 92 12 34 56"),
        ("0639 69 01 23", "+262639690123", "06 39 69 01 23"),
        ("+590 690 12 34 56", "+590690123456", "06 90 12 34 56"),
    ],
)
def test_overseas_departments(typed, stored, shown):
    assert parse_phone(typed) == stored
    assert display_phone(stored) == shown
    assert parse_phone(shown) == stored


def test_foreign_numbers_need_their_country_code():
    assert parse_phone("+32 470 12 34 56") == "+32470123456"
    assert display_phone("+32470123456").startswith("+32 ")
    with pytest.raises(FormatError, match="incomplet"):
        parse_phone("+32 470 12")


def test_mobiles():
    assert is_mobile("+33639981234") and is_mobile("+590690123456")
    assert not is_mobile("+33199001234") and not is_mobile("")


@pytest.mark.parametrize(
    "typed", ["", "06 12", "voir sa fille", "06 39 98 12 34 (mère)", "0", "06 39 98 12 345"]
)
def test_refusals_say_what_to_do(typed):
    with pytest.raises(FormatError, match="dix chiffres"):
        parse_phone(typed)
