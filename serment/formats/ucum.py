"""Units: those offered, by UCUM's code and as people here write them; and whether a text is a unit at all."""

from __future__ import annotations

import re

SHOWN = {
    "kg": "kg",
    "g": "g",
    "mg": "mg",
    "ug": "µg",
    "m": "m",
    "cm": "cm",
    "mm": "mm",
    "L": "L",
    "mL": "mL",
    "s": "s",
    "ms": "ms",
    "min": "min",
    "h": "h",
    "d": "j",
    "wk": "sem.",
    "mo": "mois",
    "a": "ans",
    "/min": "/min",
    "/h": "/h",
    "/d": "/j",
    "/wk": "/sem.",
    "%": "%",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "deg": "°",
    "kg/m2": "kg/m²",
    "m/s": "m/s",
    "cm/s": "cm/s",
    "L/min": "L/min",
    "mL/min": "mL/min",
    "g/L": "g/L",
    "mg/L": "mg/L",
    "g/dL": "g/dL",
    "mmol/L": "mmol/L",
    "umol/L": "µmol/L",
    "m[IU]/L": "mUI/L",
    "[diop]": "δ",
    "dB": "dB",
    "N": "N",
}


def shown(code: str) -> str:
    """« mmHg » for « mm[Hg] »; a code that is not offered is shown as it is."""
    return SHOWN.get(code, code)


_PREFIXED = (
    r"(?:da|[kKhdcmuµnpfGMT])?(?:g|m|L|l|s|mol|eq|Eq|osm|Pa|J|W|V|Hz|N|Bq|Gy|Sv|cal|kat|U|UI|IU|\[IU\])"
)
_COUNT = r"[GT]|1|10|10[*^][0-9]{1,2}|[0-9]+(?:[.,][0-9]+)?"
_OTHER = r"min|h|d|j|wk|sem\.?|mo|mois|a|an|ans|%|‰|mm\[Hg\]|mmHg|cm\[H2O\]|cmH2O|Cel|°C|°|deg|\[diop\]|δ|dB|bpm|croix"
_PART = re.compile(rf"(?:{_PREFIXED}|{_COUNT}|{_OTHER})[-²³]?[0-9]?(?:\{{[^{{}}]*\}})?|\{{[^{{}}]+\}}")


def is_known(text: str) -> bool:
    """Whether a text reads as a unit: of UCUM, or as it is written in French (« UI/L », « mL/min/1,73 m² »)."""
    if text in SHOWN or text in SHOWN.values():
        return True
    parts = re.split(r"[/·]|(?<![0-9])[.]|(?<=[0-9])[ \xa0]?(?=[a-zµ])", text.strip().removeprefix("/"))
    return all(_PART.fullmatch(part.strip()) for part in parts)
