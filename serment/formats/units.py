"""Measures that a consultation takes: LOINC code, UCUM unit, plausibility bounds.

Out of the hard bounds a value is refused; out of the soft ones it must be confirmed. Bounds are for catching slips of
the hand, not for medical judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats.errors import FormatError


@dataclass(frozen=True)
class MeasureKind:
    """``hard`` and ``soft`` are (low, high) in ``unit`` (UCUM); ``shown`` is the unit on screen."""

    code: str
    label: str
    loinc: str
    unit: str
    shown: str
    decimals: int
    hard: tuple[float, float]
    soft: tuple[float, float]

    def text(self, value: float) -> str:
        """72,5 kg"""
        return f"{value:.{self.decimals}f}".replace(".", ",") + f"\u00a0{self.shown}"


MEASURES = {
    kind.code: kind
    for kind in (
        MeasureKind("weight", "Poids", "29463-7", "kg", "kg", 1, (0.3, 400), (2, 200)),
        MeasureKind("height", "Taille", "8302-2", "cm", "cm", 1, (20, 260), (40, 210)),
        MeasureKind("bmi", "IMC", "39156-5", "kg/m2", "kg/m²", 1, (5, 120), (15, 45)),
        MeasureKind("systolic", "Tension systolique", "8480-6", "mm[Hg]", "mmHg", 0, (40, 300), (80, 200)),
        MeasureKind("diastolic", "Tension diastolique", "8462-4", "mm[Hg]", "mmHg", 0, (20, 200), (40, 120)),
        MeasureKind("temperature", "Température", "8310-5", "Cel", "°C", 1, (25, 45), (35, 41)),
        MeasureKind("heart_rate", "Fréquence cardiaque", "8867-4", "/min", "/min", 0, (15, 300), (40, 160)),
        MeasureKind(
            "respiratory_rate", "Fréquence respiratoire", "9279-1", "/min", "/min", 0, (3, 120), (8, 60)
        ),
        MeasureKind("spo2", "SpO₂", "59408-5", "%", "%", 0, (30, 100), (90, 100)),
        MeasureKind("glucose", "Glycémie capillaire", "41653-7", "mg/dL", "mg/dL", 0, (10, 1500), (60, 300)),
        MeasureKind("head", "Périmètre crânien", "9843-4", "cm", "cm", 1, (15, 70), (30, 60)),
        MeasureKind("waist", "Tour de taille", "8280-0", "cm", "cm", 0, (20, 250), (50, 160)),
    )
}
TAKEN = tuple(code for code in MEASURES if code != "bmi")


def parse_measure(code: str, text: str) -> float:
    """The value typed for a measure, in its unit. Raises FormatError out of the hard bounds."""
    kind = MEASURES[code]
    try:
        value = float(text.strip().replace(",", ".").replace("\u00a0", ""))
    except ValueError:
        raise FormatError(f"{kind.label} : écrivez un nombre, en {kind.shown}.") from None
    if not kind.hard[0] <= value <= kind.hard[1]:
        low, high = (kind.text(bound) for bound in kind.hard)
        raise FormatError(f"{kind.label} : {kind.text(value)} n’est pas possible (entre {low} et {high}).")
    return round(value, kind.decimals)


def is_unusual(code: str, value: float) -> bool:
    """Whether a value wants a confirmation."""
    low, high = MEASURES[code].soft
    return not low <= value <= high


def bmi(weight_kg: float, height_cm: float) -> float:
    """kg/m², one decimal."""
    return round(weight_kg / (height_cm / 100) ** 2, 1)
