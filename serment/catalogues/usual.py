"""Our own short list of usual medicines: what there is before the BDPM, and ATC codes that its files leave out."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "starter_medicines.csv"


@cache
def usual_medicines() -> tuple[dict[str, str], ...]:
    """Rows of the list: dci, strength, form, route, atc, brand, conditions (« | » between them)."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))
