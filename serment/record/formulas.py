"""Kidney function and cardiovascular risk by their published formulas. Pure; each says its source and its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

UMOL_PER_MG_DL = 88.4
MMOL_PER_G_CHOLESTEROL = 2.586
"""1 g/L of cholesterol in mmol/L."""

COCKCROFT = (
    "Cockcroft et Gault, 1976 : (140 − âge) × poids × k ÷ créatinine, k = 1,04 (femme) ou 1,23 (homme)"
)
CKD_2009 = "CKD-EPI 2009, sans le terme ethnique, recommandée par la HAS (2012)"
CKD_2021 = "CKD-EPI 2021 (Inker et coll., 2021), sans terme ethnique"
SCORE2 = (
    "SCORE2 (groupe de travail SCORE2 et ESC, 2021), région à risque faible ; de 40 à 69 ans, hors diabète"
)
SCORE2_AGES = (40, 69)


def cockcroft(*, age: int, weight_kg: float, creatinine_umol: float, sex: str) -> float:
    """Creatinine clearance in mL/min. Raises ValueError for a creatinine that is not positive."""
    _positive(creatinine_umol)
    return round((140 - age) * weight_kg * (1.04 if sex == "F" else 1.23) / creatinine_umol, 1)


def ckd_epi_2009(*, age: int, creatinine_umol: float, sex: str) -> float:
    """Glomerular filtration in mL/min/1,73 m². Raises ValueError for a creatinine that is not positive."""
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "F" else (0.9, -0.411, 1.0)
    return _ckd(141, kappa, alpha, -1.209, 0.993, factor, age, creatinine_umol)


def ckd_epi_2021(*, age: int, creatinine_umol: float, sex: str) -> float:
    """Glomerular filtration in mL/min/1,73 m². Raises ValueError for a creatinine that is not positive."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "F" else (0.9, -0.302, 1.0)
    return _ckd(142, kappa, alpha, -1.2, 0.9938, factor, age, creatinine_umol)


def _ckd(
    scale: float,
    kappa: float,
    low: float,
    high: float,
    yearly: float,
    factor: float,
    age: int,
    creatinine_umol: float,
) -> float:
    _positive(creatinine_umol)
    ratio = creatinine_umol / UMOL_PER_MG_DL / kappa
    return round(scale * min(ratio, 1) ** low * max(ratio, 1) ** high * yearly**age * factor, 1)


def _positive(creatinine_umol: float) -> None:
    if creatinine_umol <= 0:
        raise ValueError("creatinine must be positive")


def ckd_stage(rate: float) -> str:
    """The stage that a filtration rate would be, when it lasts three months (KDIGO 2012)."""
    bands = ((90, "stade 1"), (60, "stade 2"), (45, "stade 3A"), (30, "stade 3B"), (15, "stade 4"))
    return next((text for least, text in bands if rate >= least), "stade 5")


@dataclass(frozen=True)
class _Score2:
    """Log-hazard ratios, survival at ten years, and the two scales of the low-risk region."""

    age: float
    smoker: float
    pressure: float
    cholesterol: float
    hdl: float
    smoker_age: float
    pressure_age: float
    cholesterol_age: float
    hdl_age: float
    survival: float
    scales: tuple[float, float]


_SCORE2 = {
    "M": _Score2(
        0.3742, 0.6012, 0.2777, 0.1458, -0.2698, -0.0755, -0.0255, -0.0281, 0.0426, 0.9605, (-0.5699, 0.7476)
    ),
    "F": _Score2(
        0.4648, 0.7744, 0.3131, 0.1002, -0.2606, -0.1088, -0.0277, -0.0226, 0.0613, 0.9776, (-0.7380, 0.7019)
    ),
}


def score2(
    *, age: int, sex: str, smoker: bool, systolic: float, cholesterol_mmol: float, hdl_mmol: float
) -> float:
    """Risk of a cardiovascular event within ten years, in per cent, one decimal. Raises ValueError outside its ages."""
    if not SCORE2_AGES[0] <= age <= SCORE2_AGES[1]:
        raise ValueError("SCORE2 is for 40 to 69 years")
    if sex not in _SCORE2:
        raise ValueError("SCORE2 needs a sex")
    by = _SCORE2[sex]
    years, smokes = (age - 60) / 5, float(smoker)
    pressure, total, hdl = (systolic - 120) / 20, cholesterol_mmol - 6, (hdl_mmol - 1.3) / 0.5
    hazard = (
        by.age * years
        + by.smoker * smokes
        + by.pressure * pressure
        + by.cholesterol * total
        + by.hdl * hdl
        + years
        * (
            by.smoker_age * smokes
            + by.pressure_age * pressure
            + by.cholesterol_age * total
            + by.hdl_age * hdl
        )
    )
    uncalibrated = 1 - by.survival ** math.exp(hazard)
    first, second = by.scales
    return round((1 - math.exp(-math.exp(first + second * math.log(-math.log(1 - uncalibrated))))) * 100, 1)


def score2_band(age: int, risk: float) -> str:
    """How the ESC reads it (2021)."""
    high, very_high = (2.5, 7.5) if age < 50 else (5, 10)
    return "faible à modéré" if risk < high else "élevé" if risk < very_high else "très élevé"
