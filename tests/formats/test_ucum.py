"""One spelling for one unit, and nothing converted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import ucum


@pytest.mark.parametrize(
    ("spelt", "one"),
    [
        *((text, "µmol/L") for text in ("umol/L", "µmol/L", "\u03bcmol/L", "µmol/l", "UMOL/L", "micromol/L")),
        *((text, "µg/L") for text in ("ug/L", "mcg/l", "µg/L")),
        *((text, "G/L") for text in ("G/L", "10*9/L", "10^9/L", "Giga/L".upper(), "10*3/uL", "10*3/mm3")),
        *((text, "mUI/L") for text in ("m[IU]/L", "mIU/L", "mUI/L", "mUI/l")),
        ("10*12/L", "T/L"),
        ("g/l", "g/L"),
        ("mL/min/{1.73m2}".replace("{", "").replace("}", ""), "mL/min/1,73 m²"),
        ("mL/min/1,73 m²", "mL/min/1,73 m²"),
        ("/mm³", "/mm3"),
        ("mm[Hg]", "mmHg"),
        ("", ""),
        ("croix", "croix"),
    ],
)
def test_spellings_of_one_unit(spelt, one):
    assert ucum.written(spelt) == one


def test_units_that_look_alike_stay_apart():
    apart = (
        "G/L",
        "g/L",
        "mg/L",
        "µg/L",
        "U/L",
        "UI/L",
        "mmol/L",
        "µmol/L",
        "/mm3",
        "mg/dL",
        "mmol/mol",
        "%",
    )
    assert len({ucum.written(text) for text in apart}) == len(apart)


@given(st.text(max_size=30))
def test_any_text_comes_to_rest(text):
    assert ucum.written(ucum.written(text)) == ucum.written(text)
