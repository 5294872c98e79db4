"""A structured dosage reads as a French sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from serment.prescribing.dosage import phrase, phrase_in_words, total
from serment.prescribing.letters import FEMININE
from serment.prescribing.payloads import DOSE_UNITS, Dosage
from serment.prescribing.when import WHEN, when_code


@pytest.mark.parametrize(
    "values, text",
    [
        ({"dose": 1, "moments": ["morning", "evening"], "duration": 7}, "1 comprimé le matin et le soir, pendant 7 jours"),
        ({"dose": "0.5", "moments": ["bedtime"]}, "½ comprimé au coucher"),
        ({"dose": 2, "unit": "gélule", "times_a_day": 3}, "2 gélules 3 fois par jour"),
        ({"dose": "1.5", "times_a_day": 2}, "1 ½ comprimé 2 fois par jour"),
        ({"dose": 5, "unit": "mL", "times_a_day": 3, "duration": 1, "duration_unit": "week"}, "5 mL 3 fois par jour, pendant 1 semaine"),
        ({"dose": 1, "every_days": 7}, "1 comprimé une fois par semaine"),
        ({"dose": 1, "unit": "patch", "every_days": 3}, "1 patch une fois tous les 3 jours"),
        ({"dose": 1, "times_a_day": 3, "as_needed": True, "max_a_day": 4}, "1 comprimé 3 fois par jour, si besoin, sans dépasser 4 comprimés par jour"),
        ({"dose": 2, "unit": "bouffée", "moments": ["morning", "noon", "evening"], "duration": 3, "duration_unit": "month"}, "2 bouffées le matin, le midi et le soir, pendant 3 mois"),
    ],
)  # fmt: skip
def test_phrases(values, text):
    assert phrase(Dosage(**values)) == text


@pytest.mark.parametrize(
    "values, text, words",
    [
        ({"every_hours": 72, "unit": "patch"}, "1 patch toutes les 72 heures", "un patch, toutes les soixante-douze heures"),
        ({"every_hours": 21}, "1 comprimé toutes les 21 heures", "un comprimé, toutes les vingt et une heures"),
        ({"every_hours": 12, "unit": "gélule"}, "1 gélule toutes les 12 heures", "une gélule, toutes les douze heures"),
        ({"every_days": 2}, "1 comprimé un jour sur deux", "un comprimé, un jour sur deux"),
        ({"every_days": 14}, "1 comprimé une fois toutes les 2 semaines", "un comprimé, une fois toutes les deux semaines"),
        ({"every_days": 7, "moments": ["morning"]}, "1 comprimé le matin, une fois par semaine", "un comprimé, une fois par jour, une fois par semaine, le matin"),
        ({"times_a_week": 3}, "1 comprimé 3 fois par semaine", "un comprimé, trois fois par semaine"),
        ({"every_months": 1, "unit": "ampoule"}, "1 ampoule une fois par mois", "une ampoule, une fois par mois"),
        ({"every_months": 3, "unit": "ampoule"}, "1 ampoule une fois tous les 3 mois", "une ampoule, une fois tous les trois mois"),
        ({"every_months": 12, "unit": "injection"}, "1 injection une fois par an", "une injection, une fois par an"),
        ({"single": True, "unit": "sachet", "duration": 1}, "1 sachet en une prise unique", "un sachet, en une prise unique"),
        ({"moments": ["morning", "noon", "bedtime"]}, "1 comprimé le matin, le midi et au coucher", "un comprimé, trois fois par jour, le matin, le midi et au coucher"),
        ({"times_a_day": 1}, "1 comprimé 1 fois par jour", "un comprimé, une fois par jour"),
        ({"times_a_day": 21}, "1 comprimé 21 fois par jour", "un comprimé, vingt et une fois par jour"),
        ({"duration": 21, "duration_unit": "week"}, "1 comprimé 1 fois par jour, pendant 21 semaines", "un comprimé, une fois par jour, pendant vingt et une semaines"),
        ({"duration": 200}, "1 comprimé 1 fois par jour, pendant 200 jours", "un comprimé, une fois par jour, pendant deux cents jours"),
        ({"dose": 80, "unit": "goutte"}, "80 gouttes 1 fois par jour", "quatre-vingts gouttes, une fois par jour"),
    ],
)  # fmt: skip
def test_when_in_figures_and_in_words(values, text, words):
    assert phrase(Dosage(**values)) == text
    assert phrase_in_words(Dosage(**values)) == words


@pytest.mark.parametrize("unit", DOSE_UNITS)
def test_one_of_each_unit_agrees(unit):
    """« une gélule », « vingt et une gélules », « un demi-comprimé »: every unit of a dose."""
    one = "une" if unit in FEMININE else "un"
    assert phrase_in_words(Dosage(unit=unit)).startswith(f"{one} ")
    assert phrase_in_words(Dosage(dose=21, unit=unit)).startswith(f"vingt et {one} ")


@pytest.mark.parametrize(
    "values, units",
    [
        ({"dose": Decimal("0.5"), "moments": ["morning", "evening"], "duration": 10}, "10"),
        ({"unit": "patch", "every_hours": 72, "duration": 28}, "10"),
        ({"unit": "patch", "every_days": 3, "duration": 28}, "10"),
        ({"unit": "patch", "every_hours": 72, "duration": 4, "duration_unit": "week"}, "10"),
        ({"dose": 2, "every_hours": 12, "duration": 7}, "28"),
        ({"times_a_week": 2, "duration": 4, "duration_unit": "week"}, "8"),
        ({"every_months": 1, "duration": 3, "duration_unit": "month"}, "3"),
        ({"dose": 2, "single": True}, "2"),
        ({"every_days": 2, "duration": 7}, "4"),
        ({"times_a_day": 3}, "0"),
        ({"times_a_day": 3, "duration": 7, "as_needed": True}, "0"),
    ],
)
def test_units_for_the_whole_duration(values, units):
    assert total(Dosage(**values)) == Decimal(units)


@pytest.mark.parametrize("code", WHEN)
def test_every_choice_of_the_page_comes_back_as_itself(code):
    dosage = Dosage(**WHEN[code][1])
    assert when_code(dosage) == code
    assert phrase(dosage) and phrase_in_words(dosage)


def test_a_dosage_that_no_choice_says_is_asked_again():
    assert when_code(Dosage(every_days=11)) == ""
