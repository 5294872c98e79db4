"""Code 128: known sequences and the properties every symbol has."""

from __future__ import annotations

import pytest

from serment.documents.code128 import symbols, widths


def test_an_even_number_goes_in_pairs():
    assert symbols("1234567890") == [105, 12, 34, 56, 78, 90, 85]


def test_an_odd_last_digit_changes_set():
    # RPPS: five pairs, then code B and « 6 » (54 - 32 = 22); check = (105 + 10×1 + 1×5 + 100×6 + 22×7) mod 103.
    assert symbols("10000000016") == [105, 10, 0, 0, 0, 1, 100, 22, (105 + 10 + 5 + 600 + 154) % 103]


def test_one_digit_starts_in_set_b():
    assert symbols("7") == [104, 23, (104 + 23) % 103]


def test_bars_of_a_known_number():
    bars = "".join(map(str, widths("00")))
    assert bars == "211232" + "212222" + "222221" + "2331112"
    assert symbols("00") == [105, 0, 2]


@pytest.mark.parametrize("digits", [f"{n:02d}" for n in range(100)])
def test_each_symbol_is_eleven_modules_with_even_bars(digits):
    every = widths(digits)
    assert len(every) == 3 * 6 + 7 and sum(every) == 3 * 11 + 13
    assert sum(every[6:12]) == 11 and sum(every[6:12:2]) % 2 == 0


def test_symbols_differ():
    assert len({tuple(widths(f"{n:02d}")[6:12]) for n in range(100)}) == 100


@pytest.mark.parametrize("text", ["", "12A", "²", "١٢", " 12", "-1"])
def test_anything_but_digits_is_refused(text):
    with pytest.raises(ValueError, match="digits"):
        symbols(text)
