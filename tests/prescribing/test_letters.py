"""Numbers in words, as a secured ordonnance wants them (R.5132-29 CSP)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.prescribing.dosage import phrase_in_words
from serment.prescribing.letters import amount_in_words, in_words
from serment.prescribing.payloads import Dosage


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zéro"),
        (16, "seize"),
        (21, "vingt et un"),
        (28, "vingt-huit"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (91, "quatre-vingt-onze"),
        (99, "quatre-vingt-dix-neuf"),
        (100, "cent"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (1000, "mille"),
        (80_000, "quatre-vingt mille"),
        (200_000, "deux cent mille"),
    ],
)
def test_spelling(number, words):
    assert in_words(number) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_share_their_words(one, other):
    assert (in_words(one) == in_words(other)) == (one == other)


def test_doses_and_the_whole_phrase():
    assert amount_in_words(Decimal("0.5")) == "un demi"
    assert amount_in_words(Decimal("2.5")) == "deux et demi"
    assert amount_in_words(Decimal("1.25")) == "un virgule deux cinq"
    dosage = Dosage(dose=Decimal(2), unit="gélule", times_a_day=3, duration=28)
    assert phrase_in_words(dosage) == "deux gélules, trois fois par jour, pendant vingt-huit jours"
