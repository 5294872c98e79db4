"""Growth of children against the WHO's standards (2006, 0 to 5 years; 2007, 5 to 19): z-scores and percentile curves.

Pure. L, M and S by sex and month are the figures of the WHO (`data/who_lms.csv`); between two months, interpolated.
Up to 24 months the WHO measures lying down, after that standing, 0.7 cm less: nothing is interpolated across.
The French curves (AFPA, CRESS, INSERM) are not free: they are not here, and the page says so.
"""

from __future__ import annotations

import bisect
import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import NormalDist

_FILE = Path(__file__).parent / "data" / "who_lms.csv"
MEASURES = ("weight", "height", "head", "bmi")
CURVES = (3, 15, 50, 85, 97)
MONTH = 30.4375
STANDING, SHORTER = 24.0, 0.7
"""Age in months after which a child is measured standing, and by how many centimetres that is less."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Lms:
    """Box-Cox power, median and coefficient of variation at one age."""

    skew: float
    median: float
    spread: float

    def z(self, value: float) -> float:
        """Standard deviations from the median."""
        ratio = value / self.median
        if abs(self.skew) < 1e-9:
            return math.log(ratio) / self.spread
        return float((ratio**self.skew - 1) / (self.skew * self.spread))

    def value(self, z: float) -> float:
        """The value at ``z`` standard deviations."""
        if abs(self.skew) < 1e-9:
            return float(self.median * math.exp(self.spread * z))
        return float(self.median * (1 + self.skew * self.spread * z) ** (1 / self.skew))


@cache
def _table() -> dict[tuple[str, str], tuple[list[float], list[Lms]]]:
    found: dict[tuple[str, str], tuple[list[float], list[Lms]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            ages, values = found.setdefault((row["measure"], row["sex"]), ([], []))
            ages.append(float(row["months"]))
            values.append(Lms(float(row["l"]), float(row["m"]), float(row["s"])))
    return found


def lms(measure: str, sex: str, months: float) -> Lms | None:
    """None beyond the ages of the standard, or for a sex it does not know."""
    ages, values = _table().get((measure, sex), ([], []))
    if not ages or not ages[0] <= months <= ages[-1]:
        return None
    after = bisect.bisect_left(ages, months)
    if ages[after] == months:
        return values[after]
    low, high = values[after - 1], values[after]
    if ages[after - 1] == STANDING:
        low = _standing(measure, low, *values[after : after + 2])
    part = (months - ages[after - 1]) / (ages[after] - ages[after - 1])
    return Lms(
        low.skew + (high.skew - low.skew) * part,
        low.median + (high.median - low.median) * part,
        low.spread + (high.spread - low.spread) * part,
    )


def _standing(measure: str, lying: Lms, next_: Lms, second: Lms) -> Lms:
    """The standard at 24 months for a child who stands, which the table gives lying down only.

    A height: the same children 0.7 cm shorter. A body mass index: the two months after it, carried back.
    """
    if measure == "height":
        median = lying.median - SHORTER
        return Lms(lying.skew, median, lying.spread * lying.median / median)
    if measure == "bmi":
        return Lms(
            2 * next_.skew - second.skew,
            2 * next_.median - second.median,
            2 * next_.spread - second.spread,
        )
    return lying


def months_at(born: date, on: date) -> float:
    return (on - born).days / MONTH


@dataclass(frozen=True)
class Place:
    """Where a child stands: ``z`` to two decimals, ``percentile`` 0 to 100."""

    z: float
    percentile: int

    @property
    def text(self) -> str:
        """« 63e percentile (+0,33 écart-type) »"""
        if self.percentile < 1:
            rank = "sous le 1er percentile"
        elif self.percentile > 99:
            rank = "au-dessus du 99e percentile"
        else:
            rank = f"{self.percentile}{'er' if self.percentile == 1 else 'e'} percentile"
        score = f"{self.z:+.2f}".replace(".", ",").replace("-", "\u2212") if round(self.z, 2) else "0,00"
        return f"{rank} ({score} écart-type)"


def place(measure: str, sex: str, born: date, on: date, value: float) -> Place | None:
    """None outside the standard."""
    found = lms(measure, sex, months_at(born, on))
    if found is None or value <= 0:
        return None
    z = found.z(value)
    return Place(round(z, 2), round(_NORMAL.cdf(z) * 100))


WINDOWS = (12, 24, 60, 120, 228)
"""Ages in months that a figure ends at: the first that holds the child's last point."""


def window(months: float) -> int:
    return next((end for end in WINDOWS if months <= end), WINDOWS[-1])


def curves(measure: str, sex: str, until: float) -> list[dict[str, object]]:
    """Percentile curves from birth to an age in months, as a chart's series; empty outside the standard."""
    last = min(until, _last_age(measure, sex))
    if last <= 0:
        return []
    found: list[dict[str, object]] = []
    for percent in CURVES:
        z = _NORMAL.inv_cdf(percent / 100)
        known = [(months, lms(measure, sex, months)) for months in _ages(measure, last)]
        points = [[months, round(at.value(z), 2)] for months, at in known if at is not None]
        found.append({"label": f"{percent}e percentile (OMS)", "tag": str(percent), "points": points})
    return found


def _last_age(measure: str, sex: str) -> float:
    ages, _ = _table().get((measure, sex), ([], []))
    return ages[-1] if ages else 0.0


def _ages(measure: str, last: float) -> Sequence[float]:
    """Every month to two years, where curves bend; fewer after that. The step to standing is drawn as a step."""
    step = 1 if last <= 36 else 3 if last <= 96 else 6
    early = [float(month) for month in range(0, min(int(last), 24) + 1)]
    step_up = [STANDING + 0.01] if last > STANDING and measure in ("height", "bmi") else []
    late = [float(month) for month in range(24 + step, int(last) + 1, step)]
    whole = [*early, *step_up, *late]
    return whole if whole[-1] == last else [*whole, last]
