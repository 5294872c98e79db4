"""Two units of one quantity of the blood: creatinine in mg/L and in µmol/L. Data of `data/conversions.toml`, dated.

Only what is listed there is converted; any other unit keeps a series of its own. Whoever shows a converted value shows
the original beside it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import Any

from serment.formats.folding import fold

Key = tuple[str, str]
"""(code, unit), as `analytes.key_of` gives it."""

_FILE = Path(__file__).parent / "data" / "conversions.toml"
_GRAMS = {"g/dL": 10.0, "g/L": 1.0, "mg/dL": 1e-2, "mg/L": 1e-3}
_MOLES = {"mmol/L": 1e-3, "µmol/L": 1e-6}
_FIGURES = 3


@dataclass(frozen=True)
class Analyte:
    """``codes``: unit → LOINC code of that property.

    ``scales``: unit → (factor, offset) to the common unit: grams a litre, or the first of a line's two units.

    ``to_check``: the factor is not sure.
    """

    code: str
    names: frozenset[str]
    codes: dict[str, str]
    scales: dict[str, tuple[float, float]]
    to_check: bool


@cache
def _known() -> dict[str, Analyte]:
    """LOINC code → analyte. Raises ValueError where the data name a unit that nothing converts."""
    found = {}
    for row in tomllib.loads(_FILE.read_text())["analyte"]:
        names = frozenset(map(fold, row["names"]))
        codes = {unit: code for code, units in row["loinc"].items() for unit in units}
        scales = _scales(row, list(codes))
        analyte = Analyte(next(iter(row["loinc"])), names, codes, scales, row.get("to_check", False))
        found |= dict.fromkeys(row["loinc"], analyte)
    return found


def _scales(row: dict[str, Any], units: list[str]) -> dict[str, tuple[float, float]]:
    if "line" in row:
        factor, offset = row["line"]
        return {units[0]: (1.0, 0.0), units[1]: (factor, offset)}
    mass = row.get("molar_mass", 0.0)
    scales = _GRAMS | ({unit: moles * mass for unit, moles in _MOLES.items()} if mass else {})
    if unknown := set(units) - set(scales):
        raise ValueError(f"no scale for {unknown}")
    return {unit: (scales[unit], 0.0) for unit in units}


def _of(key: Key) -> Analyte | None:
    found = _known().get(key[0])
    return found if found is not None and key[1] in found.scales else None


def group(key: Key) -> Key:
    """One key for values that can be compared: whatever the unit where it converts, else the key itself."""
    found = _of(key)
    return (found.code, "") if found else key


def named(words: str, unit: str) -> str:
    """The code of folded words in one of the units of that quantity; empty for any other."""
    return next(
        (one.codes[unit] for one in _known().values() if words in one.names and unit in one.codes), ""
    )


def to_check(key: Key) -> bool:
    """Whether a conversion of this quantity is « à vérifier »."""
    found = _of(key)
    return found is not None and found.to_check


def convert(value: float, key: Key, unit: str) -> float:
    """A value of ``key`` in another unit of the same group, of three figures that count; as it is in its own unit.

    Raises KeyError where nothing converts.
    """
    if key[1] == unit:
        return value
    found = _of(key)
    if found is None:
        raise KeyError(key)
    (factor, offset), (to_factor, to_offset) = found.scales[key[1]], found.scales[unit]
    number = (value * factor + offset - to_offset) / to_factor
    if number == 0:
        return 0.0
    return round(number, max(_FIGURES - 1 - floor(log10(abs(number))), 0))
