"""Tests and scores by their definitions; kidney function and body surface by their formulas. Pure but for the data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.record.kinds.score import Score

_FILE = Path(__file__).parent / "data" / "scores.toml"


@dataclass(frozen=True)
class Definition:
    """``most``: the highest answer of each item; ``bands``: (from this total, what it reads)."""

    code: str
    title: str
    source: str
    items: tuple[str, ...]
    answers: tuple[str, ...]
    most: tuple[int, ...]
    bands: tuple[tuple[int, str], ...]

    @property
    def out_of(self) -> int:
        return sum(self.most)

    def choices(self, place: int) -> list[tuple[int, str]]:
        """(value, label) that the item at ``place`` may take."""
        return list(enumerate(self.answers))[: self.most[place] + 1]

    def read(self, answers: list[int], note: str = "") -> Score:
        """The score of these answers. Raises ValueError when one is missing or out of its range."""
        if len(answers) != len(self.items):
            raise ValueError("Répondez à chaque item.")
        if any(not 0 <= answer <= most for answer, most in zip(answers, self.most, strict=True)):
            raise ValueError("Une réponse est hors de ses choix.")
        total = sum(answers)
        band = [text for least, text in self.bands if total >= least]
        return Score(
            code=self.code,
            title=self.title,
            answers=answers,
            total=total,
            out_of=self.out_of,
            band=band[-1] if band else "",
            note=note,
        )


@cache
def definitions() -> dict[str, Definition]:
    raw = tomllib.loads(_FILE.read_text())
    return {
        code: Definition(
            code,
            row["title"],
            row["source"],
            tuple(row["items"]),
            tuple(row["answers"]),
            tuple(row.get("most", [len(row["answers"]) - 1] * len(row["items"]))),
            tuple((least, text) for least, text in row["bands"]),
        )
        for code, row in raw.items()
    }


def cockcroft(*, age: int, weight_kg: float, creatinine_umol: float, sex: str) -> float:
    """Creatinine clearance in mL/min (Cockcroft and Gault, 1976): (140 − age) × kg × k / µmol/L."""
    if creatinine_umol <= 0:
        raise ValueError("creatinine must be positive")
    return round((140 - age) * weight_kg * (1.04 if sex == "F" else 1.23) / creatinine_umol, 1)


def ckd_epi(*, age: int, creatinine_umol: float, sex: str) -> float:
    """Glomerular filtration in mL/min/1,73 m² (CKD-EPI 2009, without the ethnic term)."""
    if creatinine_umol <= 0:
        raise ValueError("creatinine must be positive")
    mg_dl = creatinine_umol / 88.4
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "F" else (0.9, -0.411, 1.0)
    ratio = mg_dl / kappa
    return round(141 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.209 * 0.993**age * factor, 1)
