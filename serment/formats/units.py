"""Measures that a consultation takes (R5.7): LOINC code, UCUM unit, plausibility bounds.

A value outside the hard bounds is refused, outside the soft ones it must be confirmed. Bounds catch slips of the
hand at any age, they are no medical judgement: our own choice of 2026-11, « à vérifier » by practitioners.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from serment.formats.errors import FormatError
from serment.formats.text import NBSP, plain_spaces, typeset


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """Values, and ``hard`` and ``soft`` (low, high), are in ``unit`` (UCUM); ``shown`` is that unit on screen."""

    code: str
    label: str
    loinc: str
    unit: str
    shown: str
    decimals: int
    hard: tuple[float, float]
    soft: tuple[float, float]

    def text(self, value: float) -> str:
        """``72,5 kg``"""
        return f"{self.number(value)}{NBSP}{self.shown}"

    def number(self, value: float) -> str:
        """``72,5``: the value without its unit, as a form shows it."""
        return str(_rounded(value, self.decimals)).replace(".", ",")


# Capillary glucose: 41653-7 (capillary blood, glucometer) is any mass/volume; kept in g/L as people here read it.
# Multiply by 100 where an exchange wants mg/dL. Waist: 8280-0 (at the umbilicus). SpO₂: 59408-5 (pulse oximetry).
MEASURES = {
    kind.code: kind
    for kind in (
        MeasureKind("weight", "Poids", "29463-7", "kg", "kg", 1, (0.3, 400), (2, 200)),
        MeasureKind("height", "Taille", "8302-2", "cm", "cm", 1, (20, 260), (40, 210)),
        MeasureKind("bmi", "IMC", "39156-5", "kg/m2", "kg/m²", 1, (5, 120), (13, 45)),
        MeasureKind("systolic", "Tension systolique", "8480-6", "mm[Hg]", "mmHg", 0, (30, 300), (80, 200)),
        MeasureKind("diastolic", "Tension diastolique", "8462-4", "mm[Hg]", "mmHg", 0, (10, 200), (40, 120)),
        MeasureKind("temperature", "Température", "8310-5", "Cel", "°C", 1, (25, 45), (35, 41)),
        MeasureKind("heart_rate", "Fréquence cardiaque", "8867-4", "/min", "/min", 0, (15, 300), (40, 160)),
        MeasureKind(
            "respiratory_rate", "Fréquence respiratoire", "9279-1", "/min", "/min", 0, (3, 120), (8, 60)
        ),
        MeasureKind("spo2", "SpO₂", "59408-5", "%", "%", 0, (30, 100), (90, 100)),
        MeasureKind("glucose", "Glycémie capillaire", "41653-7", "g/L", "g/L", 2, (0.1, 15), (0.6, 3)),
        MeasureKind("head", "Périmètre crânien", "9843-4", "cm", "cm", 1, (15, 70), (30, 62)),
        MeasureKind("waist", "Tour de taille", "8280-0", "cm", "cm", 0, (20, 250), (50, 160)),
        MeasureKind("fundal_height", "Hauteur utérine", "11881-0", "cm", "cm", 0, (5, 60), (8, 40)),
        MeasureKind(
            "fetal_heart_rate", "Bruits du cœur fœtal", "55283-6", "/min", "/min", 0, (40, 260), (110, 170)
        ),
    )
}
TAKEN = tuple(code for code in MEASURES if code != "bmi")  # typed by a person; the BMI is computed

_NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,4})?")


def parse_measure(code: str, text: str) -> float:
    """The value typed for a measure, in its unit, rounded half up to its decimals. Raises FormatError.

    The unit may be typed too: ``"72,5 kg"``. Raises KeyError for an unknown code.
    """
    kind = MEASURES[code]
    typed = plain_spaces(text)
    if typed.casefold().endswith(kind.shown.casefold()):
        typed = typed[: -len(kind.shown)].rstrip()
    if _NUMBER.fullmatch(typed) is None:
        raise FormatError(f"{kind.label} : saisissez un nombre, en {kind.shown}.")
    value = float(typed.replace(",", "."))
    low, high = kind.hard
    if not low <= value <= high:
        raise FormatError(
            f"{kind.label} : cette valeur n'est pas possible, "
            f"saisissez un nombre entre {kind.number(low)} et {kind.text(high)}."
        )
    return float(_rounded(value, kind.decimals))


_PAIR = re.compile(r"([0-9]{1,3}(?:[.,][0-9])?) ?/ ?([0-9]{1,3}(?:[.,][0-9])?)(?: ?mmhg)?", re.IGNORECASE)
_METRES = re.compile(r"([0-2]) ?m(?: ?([0-9]{2}))?|([0-2])[.,]([0-9]{1,2})(?: ?m)?", re.IGNORECASE)
_DEGREES = re.compile(r"([0-9]{2}) ?°(?: ?([0-9]))?(?: ?c)?", re.IGNORECASE)
_IN_CENTIMETRES = 30.0
"""Below it a pressure is said in centimetres of mercury, « 14/9 »."""


def split_pressure(systolic: str, diastolic: str) -> tuple[str, str]:
    """« 140/90 » typed where the systolic goes is both. Raises FormatError where the other one is given too."""
    pair = _PAIR.fullmatch(plain_spaces(systolic))
    if pair is None:
        return systolic, diastolic
    if diastolic.strip():
        raise FormatError("Écrivez les deux tensions ici, ou chacune dans son champ.")
    return pair[1], pair[2]


def pressure_meant(systolic: str, diastolic: str) -> tuple[str, str]:
    """« 14 » and « 9 » are 140 and 90 mmHg; ("", "") where the two are not written so."""
    found = [_NUMBER.fullmatch(plain_spaces(text)) for text in (systolic, diastolic)]
    if not all(found):
        return "", ""
    high, low = (float(plain_spaces(text).replace(",", ".")) for text in (systolic, diastolic))
    if not (low < high < _IN_CENTIMETRES and high >= 6 and low >= 3):
        return "", ""
    return f"{high * 10:.0f}", f"{low * 10:.0f}"


def height_meant(text: str) -> str:
    """« 1m75 », « 1,75 » → « 175 »; empty for what is not in metres."""
    found = _METRES.fullmatch(plain_spaces(text))
    if found is None:
        return ""
    metres, rest = found[1] or found[3], found[2] or found[4] or ""
    return str(int(metres) * 100 + int(rest.ljust(2, "0")))


def temperature_written(text: str) -> str:
    """« 37°5 » → « 37,5 »; anything else as it is."""
    found = _DEGREES.fullmatch(plain_spaces(text))
    return text if found is None else found[1] + (f",{found[2]}" if found[2] else "")


def is_unusual(code: str, value: float) -> bool:
    """Whether a value wants a confirmation."""
    low, high = MEASURES[code].soft
    return not low <= value <= high


def pressure_problem(systolic: float, diastolic: float) -> str:
    """A French sentence when the two pressures look swapped, else empty."""
    if systolic > diastolic:
        return ""
    return typeset("La tension systolique doit dépasser la diastolique : vérifiez l'ordre des deux valeurs.")


def bmi(weight_kg: float, height_cm: float) -> float:
    """kg/m², one decimal. Raises ValueError (a programming error) when the height is not positive."""
    if height_cm <= 0:
        raise ValueError("height must be positive")
    return float(_rounded(weight_kg / (height_cm / 100) ** 2, 1))


def body_surface(weight_kg: float, height_cm: float) -> float:
    """m² by Mosteller's formula, √(kg × cm / 3600), two decimals."""
    return float(_rounded(sqrt(weight_kg * height_cm / 3600), 2))


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
