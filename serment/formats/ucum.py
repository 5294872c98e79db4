"""Units offered for a number that the practice defines: UCUM's code, and how people here write it."""

from __future__ import annotations

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
