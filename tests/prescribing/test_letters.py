"""Numbers in words, as a secured ordonnance wants them (R.5132-29 CSP)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.prescribing.dosage import phrase_in_words
from serment.prescribing.letters import (
    FEMININE,
    amount_in_words,
    counted_in_words,
    dose_in_words,
    in_words,
    strength_in_words,
)
from serment.prescribing.payloads import DOSE_UNITS, Dosage


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
        (1_000_000, "un million"),
        (80_000_001, "quatre-vingts millions un"),
        (10**12, "un " + " ".join(["zéro"] * 12)),
    ],
)
def test_spelling(number, words):
    assert in_words(number) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_share_their_words(one, other):
    assert (in_words(one) == in_words(other)) == (one == other)


def test_boxes():
    assert counted_in_words(Decimal(1), "boîte") == "une boîte"
    assert counted_in_words(Decimal(21), "boîte") == "vingt et une boîtes"


def test_amounts():
    assert amount_in_words(Decimal("1.25")) == "un virgule vingt-cinq"
    assert amount_in_words(Decimal("0.05")) == "zéro virgule zéro cinq"
    assert dose_in_words(Decimal("1.125"), "ampoule") == "une virgule cent vingt-cinq ampoule"


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False))
def test_no_amount_fails_to_be_said(value):
    """« 0,3333333 » was signed once, and its paper never came."""
    assert amount_in_words(value)
    assert dose_in_words(value, "ampoule").strip()


@pytest.mark.parametrize(
    ("dose", "unit", "words"),
    [
        ("1", "gélule", "une gélule"),
        ("1", "comprimé", "un comprimé"),
        ("0.5", "comprimé", "un demi-comprimé"),
        ("0.5", "ampoule", "une demi-ampoule"),
        ("2.5", "comprimé", "deux comprimés et demi"),
        ("1.5", "ampoule", "une ampoule et demie"),
        ("0.25", "comprimé", "un quart de comprimé"),
        ("0.75", "ampoule", "trois quarts d’ampoule"),
        ("21", "goutte", "vingt et une gouttes"),
        ("81", "goutte", "quatre-vingt-une gouttes"),
        ("2", "cuillère-mesure", "deux cuillères-mesure"),
        ("7.5", "mL", "sept millilitres et demi"),
        ("10", "mg", "dix milligrammes"),
        ("1", "patch", "un patch"),
    ],
)
def test_a_dose_agrees_with_its_unit(dose, unit, words):
    assert dose_in_words(Decimal(dose), unit) == words


def test_every_unit_of_a_dose_reads_in_the_right_gender():
    """A unit that is added must be looked at: what is not in ``FEMININE`` is masculine."""
    masculine = {
        "comprimé",
        "sachet",
        "mL",
        "mg",
        "suppositoire",
        "ovule",
        "patch",
        "lyophilisat",
    }
    assert {*DOSE_UNITS, "boîte"} == masculine | FEMININE and not masculine & FEMININE


def test_the_whole_phrase():
    dosage = Dosage(dose=Decimal(2), unit="gélule", times_a_day=3, duration=28)
    assert phrase_in_words(dosage) == "deux gélules, trois fois par jour, pendant vingt-huit jours"
    dosage = Dosage(dose=Decimal(1), unit="patch", every_days=3, duration=1, duration_unit="week")
    assert phrase_in_words(dosage) == "un patch, une fois tous les trois jours, pendant une semaine"
    dosage = Dosage(dose=Decimal(1), every_days=2, moments=["morning", "evening"])
    assert phrase_in_words(dosage) == "un comprimé, deux fois par jour, un jour sur deux, le matin et le soir"
    dosage = Dosage(dose=Decimal(1), unit="gélule", times_a_day=4, as_needed=True, max_a_day=6)
    said = "une gélule, quatre fois par jour, si besoin, sans dépasser six gélules par jour"
    assert phrase_in_words(dosage) == said


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Morphine 10 mg, gélule", "dix milligrammes"),
        ("Fentanyl 25 microgrammes/h, dispositif transdermique", "vingt-cinq microgrammes par heure"),
        ("Chlorhydrate de méthadone 40 mg/15 mL, sirop", "quarante milligrammes pour quinze millilitres"),
        ("Morphine 1 mg/mL, solution injectable", "un milligramme par millilitre"),
        ("Codéine 10 mg + Éthylmorphine 10 mg, comprimé", "dix milligrammes et dix milligrammes"),
        ("Buprénorphine 0,4 mg, comprimé", "zéro virgule quatre milligramme"),
        ("Béquilles", ""),
    ],
)
def test_strengths(label, words):
    assert strength_in_words(label) == words
