"""Units: those offered, by UCUM's code and as people here write them; one spelling of any unit; and whether a text
is a unit at all."""

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


_BY_SPELLING = {code: text for code, text in SHOWN.items() if "/" in code or "[" in code}
_EXACT = {
    "UMOL/L": "µmol/L",
    "MMOL/L": "mmol/L",
    "NMOL/L": "nmol/L",
    "PMOL/L": "pmol/L",
    "MG/L": "mg/L",
    "UG/L": "µg/L",
    "NG/L": "ng/L",
    "NG/ML": "ng/mL",
    "PG/ML": "pg/mL",
    "MG/DL": "mg/dL",
    "G/DL": "g/dL",
    "ML/MIN": "mL/min",
    "MIU/L": "mUI/L",
    "GIGA/L": "G/L",
    "TERA/L": "T/L",
}
"""Capitals of old laboratories, those with one reading only: « G/L » is giga, « g/L » grams."""
_POWERS = {"9/L": "G/L", "12/L": "T/L", "3/µL": "G/L", "6/µL": "T/L", "3/mm3": "G/L", "6/mm3": "T/L"}
_POWER = re.compile(r"(?:10|x10|X10)[*^E](\d{1,2}/.+)")


def written(text: str) -> str:
    """One spelling for one unit: « umol/L », « μmol/l » and « micromol/L » → « µmol/L »; « 10*9/L » → « G/L ».

    Only what is the same unit, to the letter: nothing is converted, and an unknown text stays as it is.
    """
    text = re.sub(r"\s", "", text).replace("\u03bc", "µ").replace("²", "2").replace("³", "3")
    if found := _EXACT.get(text) or _BY_SPELLING.get(text):
        return found.replace("m2", "m²")
    text = re.sub(r"\[IU\]|(?<![A-Za-z])([mµunkM]?)IU(?![A-Za-z])", lambda m: f"{m[1] or ''}UI", text)
    text = re.sub(r"(?<![A-Za-zµ])(?:mcg|microg)(?![A-Za-z])", "µg", text)
    text = re.sub(r"(?<![A-Za-zµ])(?:micromol|umol)e?s?(?![A-Za-z])", "µmol", text)
    text = re.sub(r"(?<![A-Za-zµ])u(?=(?:g|L|l|kat|UI|m)(?![A-Za-z]))", "µ", text)
    text = re.sub(r"(?<![A-Za-zµ])([mdcµnpf]?)l(?![A-Za-z])", r"\1L", text)
    if power := _POWER.fullmatch(text):
        text = _POWERS.get(power[1], text)
    return text.replace("1.73m2", "1,73 m²").replace("1,73m2", "1,73 m²").replace("kg/m2", "kg/m²")


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
