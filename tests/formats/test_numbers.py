"""NIR, INS, RPPS, phones, money: keys hold, and slips are caught (R5.4, R1.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as stdnum_nir

from serment.formats import ins, money, nir, phone, rpps, siret
from serment.formats.errors import FormatError

departments = st.one_of(
    st.integers(1, 95).filter(lambda n: n != 20).map(lambda n: f"{n:02d}"),
    st.sampled_from(["2A", "2B", "99"]),
)
numbers = st.builds(
    lambda sex, year, month, dep, rest: f"{sex}{year:02d}{month:02d}{dep}{rest:06d}",
    st.sampled_from("1234 78".replace(" ", "")),
    st.integers(0, 99),
    st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)),
    departments,
    st.integers(0, 999_999),
)


@given(numbers)
def test_nir_round_trip_and_any_wrong_key_is_refused(number):
    full = nir.parse_nir(number)
    assert nir.parse_nir(nir.format_nir(full)) == full
    wrong = f"{(int(full[13:]) % 97) + 1:02d}"
    with pytest.raises(FormatError):
        nir.parse_nir(number + wrong)


@given(numbers.filter(lambda n: n[0] in "12" and n[5:7] != "99" and 1 <= int(n[3:5]) <= 12))
def test_nir_key_agrees_with_stdnum(number):
    assert stdnum_nir.calc_check_digits(number) == nir.key(number)


def test_known_test_identity_and_corsica():
    assert nir.parse_nir("2 79 03 51 215 189 89") == "279035121518989"
    assert nir.parse_nir("1 85 05 2A 004 036") == "185052A004036" + nir.key("185052A004036")
    assert nir.mask_nir("279035121518989") == "2 •• •• •• ••• ••• 89"
    assert nir.is_temporary("3" + "0" * 14)


def test_ins_refuses_test_identities_in_a_real_practice():
    assert ins.parse_matricule("279035121518989", ins.OID_TEST, allow_test=True)
    with pytest.raises(FormatError, match="identité de test"):
        ins.parse_matricule("279035121518989", ins.OID_TEST)
    with pytest.raises(FormatError):
        ins.parse_matricule("279035121518989", "1.2.3.4")


def test_ins_datamatrix():
    text = (
        "IS01"
        + "0" * 22
        + "S1279035121518989S21.2.250.1.213.1.4.10\x1dS3DOMINIQUE\x1dS4PAT-TROIS\x1dS5FS628-03-1979S751215"
    )
    scanned = ins.parse_datamatrix(text)
    assert (scanned.birth_family_name, scanned.given_names, scanned.sex) == ("PAT-TROIS", "DOMINIQUE", "F")
    assert scanned.birth_place_code == "51215"
    with pytest.raises(FormatError):
        ins.parse_datamatrix(text[:60])


@given(st.integers(0, 9_999_999_999), st.integers(0, 10), st.integers(1, 9))
def test_rpps_detects_any_single_wrong_digit(number, place, shift):
    base = f"{number:010d}"
    full = next(base + str(d) for d in range(10) if rpps.luhn_ok(base + str(d)))
    assert rpps.parse_rpps(full) == full
    wrong = full[:place] + str((int(full[place]) + shift) % 10) + full[place + 1 :]
    with pytest.raises(FormatError):
        rpps.parse_rpps(wrong)


@pytest.mark.parametrize(
    "typed", ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "06.12.34.56.78", "0033612345678"]
)
def test_phones_are_kept_as_e164(typed):
    assert phone.parse_phone(typed) == "+33612345678"
    assert phone.format_phone("+33612345678") == "06 12 34 56 78"
    assert phone.international("0612345678") == "+33 6 12 34 56 78"


def test_bad_phone_and_siret_say_what_to_do():
    with pytest.raises(FormatError, match="Exemples"):
        phone.parse_phone("06 12 34")
    with pytest.raises(FormatError, match="14 chiffres"):
        siret.parse_siret("12345678901234")


@given(st.integers(0, 99_999_999))
def test_money_round_trips(cents):
    assert money.parse_euros(money.euros(cents)) == cents


@given(st.integers(0, 10_000_000), st.integers(0, 100))
def test_shares_never_lose_a_cent(cents, percent):
    part, rest = money.split(cents, percent)
    assert part + rest == cents and part >= 0 and rest >= 0


@pytest.mark.parametrize("typed", ["-3", "3,555", "trente", ""])
def test_bad_amounts_are_refused(typed):
    with pytest.raises(FormatError):
        money.parse_euros(typed)
