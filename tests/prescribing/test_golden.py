"""Reference prescriptions, each with the source of what is expected (`golden.toml`), through the real check.

On the starter catalogues, and on the real BDPM and thesaurus where they are at hand.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from serment.catalogues import interactions, services
from serment.prescribing import asked

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "golden.toml").read_text())["case"]
SHARED = (
    Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "clinical"
)
REAL = [SHARED / "bdpm" / "CIS_bdpm.txt", SHARED / "thesaurus_ansm" / "thesaurus_2020-10.json"]
WITHOUT = "real BDPM and thesaurus files are not here: put them in ../shared/data/clinical to run this"


def test_there_are_at_least_forty_each_with_its_source():
    assert len(CASES) >= 40 and all(case["source"] for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.fixture(scope="module")
def starter(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        services.load_starter()
        yield
        _empty()


@pytest.fixture(scope="module")
def real(django_db_setup, django_db_blocker):
    if not all(path.exists() for path in REAL):
        pytest.skip(WITHOUT)
    with django_db_blocker.unblock():
        services.import_bdpm(folder=REAL[0].parent)
        interactions.import_thesaurus(path=REAL[1])
        yield
        _empty()


def _empty() -> None:
    from serment.catalogues import models

    for name in (
        "Medicine Word Presentation Shortage GenericGroup Interaction ThesaurusSubstance ImportRun Diagnosis Commune "
        "Orderable Tariff"
    ).split():
        getattr(models, name).objects.all().delete()


def run(case: dict[str, Any]) -> None:
    wanted = asked.Asked.model_validate(
        {key: case[key] for key in ("lines", "running", "patient") if key in case}
    )
    wanted.patient.prescriber_profession = case.get("profession", "")
    found = asked.answer(wanted)
    assert all(line["medicine"] for line in found["lines"]), found["lines"]
    refusals = [row["text"] for row in found.get("refused", [])]
    assert bool(refusals) == ("refused" in case), refusals
    assert all(case["refused"] in text for text in refusals)
    alerts = [[a["kind"], a["level"], a["lines"]] for a in found["alerts"]]
    for expected in case.get("expect", []):
        assert expected in alerts, (expected, alerts)
    for kind, level in case.get("never", []):
        assert not [a for a in alerts if a[:2] == [kind, level]], alerts
    missing = [[row["check"], row["line"]] for row in found["not_covered"]["lines"]]
    for expected in case.get("uncovered", []):
        assert expected in missing, missing


@pytest.mark.django_db
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.get("only") != "real"], ids=lambda case: case["name"]
)
def test_on_the_starter_catalogues(starter, case):
    run(case)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.get("only") != "starter"], ids=lambda case: case["name"]
)
def test_on_the_real_files(real, case):
    run(case)
