"""NIR: shape, key, Corsica, display (R5.4). Numbers are made up at run time, or ANS's published test identity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats.errors import FormatError
from serment.formats.nir import format_nir, is_valid_nir, mask_nir, nir_key, normalise_nir, parse_nir

TEST_IDENTITY = "279035121518989"

bodies = st.builds(
    lambda first, year, month, department, rest: f"{first}{year:02d}{month:02d}{department}{rest:06d}",
    st.sampled_from("123478"),
    st.integers(0, 99),
    st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)),
    st.one_of(st.integers(1, 99).map(lambda n: f"{n:02d}"), st.sampled_from(["2A", "2B"])),
    st.integers(0, 999_999),
)


@given(bodies)
def test_a_number_with_its_key_round_trips_through_display(body):
    full = body + nir_key(body)
    assert normalise_nir(format_nir(full)) == full
    assert normalise_nir(format_nir(full).replace(" ", "\u00a0").lower()) == full


@given(bodies)
def test_key_is_the_published_formula(body):
    # Independent path: letters as 0 and minus one or two millions, as the registry's own rule has it.
    number = int(body.replace("A", "0").replace("B", "0")) - (1_000_000 if "A" in body else 0)
    number -= 2_000_000 if "B" in body else 0
    assert nir_key(body) == f"{97 - number % 97:02d}"


@given(bodies, st.data())
def test_any_single_wrong_digit_is_refused(body, data):
    full = body + nir_key(body)
    place = data.draw(st.sampled_from([i for i, char in enumerate(full) if char.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != full[place]]))
    assert not is_valid_nir(full[:place] + other + full[place + 1 :])


@given(bodies.filter(lambda b: b[5:7] in ("2A", "2B")))
def test_the_two_corsican_departments_have_different_keys(body):
    other = body[:5] + ("2B" if body[5:7] == "2A" else "2A") + body[7:]
    assert nir_key(body) != nir_key(other)


def test_facts_of_a_number():
    number = parse_nir("2 79 03 51 215 189 89")
    assert (str(number), number.sex, number.birth_year, number.birth_month) == (TEST_IDENTITY, "F", 79, 3)
    assert not number.is_temporary and not number.is_born_abroad
    abroad = parse_nir("7502099352001" + nir_key("7502099352001"))
    assert abroad.is_temporary and abroad.is_born_abroad and abroad.birth_month is None and abroad.sex == "M"


def test_nothing_shows_in_a_traceback():
    assert "279" not in repr(parse_nir(TEST_IDENTITY))
    for wrong in ("279035121518988", "979035121518989", "27903512151898X", "2790351215189"):
        with pytest.raises(FormatError) as refused:
            parse_nir(wrong)
        assert wrong not in str(refused.value) and refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Saisissez"),
        ("2790351215189", "Il manque la clé"),
        ("27903512151898", "il y en a 14"),
        ("279035121518988", "La clé ne correspond pas"),
        ("079035121518989", "Le premier chiffre"),
        ("2790351215189X9", "Seuls des chiffres"),
        ("279032C21518989", "2A ou 2B"),
        ("27903512151898X", "Seuls des chiffres"),
        ("٢79035121518989", "Le premier chiffre"),
    ],
)
def test_refusals_say_what_to_do(typed, advice):
    with pytest.raises(FormatError, match=advice):
        parse_nir(typed)


def test_display_and_mask():
    assert format_nir(TEST_IDENTITY) == "2 79 03 51 215 189 89"
    assert format_nir(TEST_IDENTITY[:13]) == "2 79 03 51 215 189"
    assert mask_nir(TEST_IDENTITY) == "2 •• •• •• ••• ••• 89"
    assert mask_nir("") == ""
