"""RPPS, ADELI, AM number, SIREN, SIRET (R1.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from serment.formats.errors import FormatError
from serment.formats.rpps import format_rpps, parse_adeli, parse_am_number, parse_rpps
from serment.formats.siret import format_siret, parse_siren, parse_siret, siren_of

rpps_numbers = st.integers(0, 999_999_999).map(lambda n: f"1{n:09d}" + luhn.calc_check_digit(f"1{n:09d}"))


@given(rpps_numbers, st.data())
def test_rpps_any_single_wrong_digit_is_refused(number, data):
    assert parse_rpps(format_rpps(number)) == number
    assert parse_rpps("8" + number) == number
    place = data.draw(st.integers(0, 10))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(FormatError, match="clé"):
        parse_rpps(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("typed", ["", "1000345678", "100034567890", "1000345678A", "²0003456789"])
def test_rpps_shape(typed):
    with pytest.raises(FormatError, match="11 chiffres"):
        parse_rpps(typed)


def test_adeli_and_am_numbers_have_nine_characters():
    assert parse_adeli("35 9 32016 2") == "359320162"
    assert parse_am_number("2a 1 00001 2") == "2A1000012"
    for check in (parse_adeli, parse_am_number):
        with pytest.raises(FormatError, match="9 chiffres"):
            check("35932016")
        with pytest.raises(FormatError, match="9 chiffres"):
            check("2C1000012")


@given(st.integers(0, 99_999_999), st.integers(0, 9999), st.data())
def test_siret_any_single_wrong_digit_is_refused(unit, branch, data):
    siren = f"{unit:08d}" + luhn.calc_check_digit(f"{unit:08d}")
    if siren == "356000000":
        return
    siret = f"{siren}{branch:04d}" + luhn.calc_check_digit(f"{siren}{branch:04d}")
    assert parse_siret(format_siret(siret)) == siret
    assert parse_siren(format_siret(siren_of(siret))) == siren
    place = data.draw(st.integers(9, 13))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != siret[place]]))
    with pytest.raises(FormatError, match="clé du SIRET"):
        parse_siret(siret[:place] + other + siret[place + 1 :])


def test_la_poste_follows_its_own_rule():
    branch = "35600000049837"  # digits sum to 45
    assert not luhn.is_valid(branch)
    assert parse_siret(branch) == branch
    with pytest.raises(FormatError, match="clé du SIRET"):
        parse_siret("35600000049838")


def test_lengths_are_told():
    with pytest.raises(FormatError, match="14 chiffres"):
        parse_siret("356000000")
    with pytest.raises(FormatError, match="9 chiffres"):
        parse_siren("35600000")
    with pytest.raises(FormatError, match="clé du SIREN"):
        parse_siren("356000001")
