"""A structured dosage reads as a French sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from serment.prescribing.dosage import daily_total, phrase
from serment.prescribing.payloads import Dosage


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


def test_daily_total():
    assert daily_total(Dosage(dose=Decimal("0.5"), moments=["morning", "evening"])) == 1
