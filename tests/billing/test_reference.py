"""The reference set: priced situations across professions, each worked out by hand from its source, equal to the cent.

One JSON object a line in `reference/`: what, source, situation, expected (total, AMO, AMC, patient, and sometimes the
base of each line), in cents.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from serment.billing.quote import Situation, quote

FOLDER = Path(__file__).parent / "reference"
ROWS = [
    pytest.param(json.loads(line), id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
]


@pytest.mark.parametrize("row", ROWS)
def test_the_price_is_that_of_the_text(row):
    found = quote(Situation.model_validate(row["situation"]))
    totals, expected = found.totals, dict(row["expected"])
    lines = expected.pop("lines", None)
    assert {
        "total": totals["total_cents"],
        "amo": totals["amo_cents"],
        "amc": totals["amc_cents"],
        "patient": totals["patient_cents"],
    } == expected, f"{row['what']} ({row['source']})"
    if lines is not None:
        assert [line.base_cents for line in found.lines] == lines, row["what"]


def test_the_set_is_wide_and_sourced():
    rows = [param.values[0] for param in ROWS]
    assert len(rows) >= 200 and all(row["source"] and row["what"] for row in rows)
    assert {row["situation"]["profession"] for row in rows} == {
        "medecin",
        "infirmier",
        "kinesitherapeute",
        "orthophoniste",
        "sage_femme",
        "pedicure_podologue",
        "orthoptiste",
    }
