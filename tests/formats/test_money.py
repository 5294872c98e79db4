"""Money: cents, French text, shares that lose nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats.errors import FormatError
from serment.formats.money import format_euros, parse_euros, share, split

amounts = st.integers(-(10**10), 10**10)


@given(amounts)
def test_text_round_trips(cents):
    text = format_euros(cents)
    assert parse_euros(text, allow_negative=True) == cents
    assert parse_euros(text.replace("\u202f", " ").replace("\u00a0€", ""), allow_negative=True) == cents


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("30", 3000),
        ("30,5", 3050),
        ("30.50 €", 3050),
        ("1\u202f234,50\u00a0€", 123450),
        ("1 234 567", 123456700),
        ("0,05", 5),
        ("30€", 3000),
        ("30,", 3000),
        ("-0", 0),
    ],
)
def test_usual_typings(typed, cents):
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "par exemple"),
        ("trente", "par exemple"),
        ("3 0", "par exemple"),
        ("1.234,50", "par exemple"),
        ("30,555", "deux décimales"),
        ("1.234", "deux décimales"),
        ("-30", "négatif"),
        ("− 30", "négatif"),
        ("99999999999", "trop grand"),
        ("٣0", "par exemple"),
    ],
)
def test_refusals_say_what_to_do(typed, advice):
    with pytest.raises(FormatError, match=advice):
        parse_euros(typed)


def test_display():
    assert format_euros(123450) == "1\u202f234,50\u00a0€"
    assert format_euros(-5) == "−0,05\u00a0€"


def test_share_rounds_half_up():
    assert share(3000, 70) == 2100
    assert [share(n, 50) for n in (1, 3, 5)] == [1, 2, 3]
    assert share(-1, 50) == -1
    assert share(1000, Decimal("33.35")) == 334


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_split_loses_no_cent_and_is_fair_to_one(amount, weights):
    parts = split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < sum(weights)


def test_split_order_and_misuse():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    for weights in ([], [0], [2, -1]):
        with pytest.raises(ValueError, match="weights"):
            split(100, weights)
