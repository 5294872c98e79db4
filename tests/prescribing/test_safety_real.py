"""Golden prescriptions on the real BDPM and the real thesaurus, where they are at hand; skipped elsewhere.

Each expectation is what the ANSM's thesaurus of October 2020, or the BDPM's conditions, says of the pair.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from serment.catalogues import interactions
from serment.catalogues.models import Interaction, Medicine
from serment.catalogues.services import import_bdpm
from serment.prescribing import asked

SHARED = (
    Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "clinical"
)
BDPM = SHARED / "bdpm"
THESAURUS = SHARED / "thesaurus_ansm" / "thesaurus_2020-10.json"
pytestmark = pytest.mark.skipif(
    not (BDPM / "CIS_bdpm.txt").exists() or not THESAURUS.exists(),
    reason="real BDPM and thesaurus files are not here: put them in ../shared/data/clinical to run this",
)


@pytest.fixture(scope="module")
def real(django_db_setup, django_db_blocker):
    """Both catalogues, imported once for the module and taken away after it."""
    with django_db_blocker.unblock():
        before = set(Medicine.objects.values_list("key", flat=True))
        import_bdpm(folder=BDPM)
        run = interactions.import_thesaurus(path=THESAURUS)
        yield run
        from serment.catalogues import models

        for (
            name
        ) in "Interaction ThesaurusSubstance Shortage Presentation GenericGroup Word ImportRun".split():
            model = getattr(models, name)
            model.objects.all().delete()
        Medicine.objects.exclude(key__in=before).delete()


def levels(*names: str, **patient) -> list[tuple[str, str]]:
    found = asked.answer(
        asked.Asked.model_validate({"lines": [{"dci": name} for name in names], "patient": patient})
    )
    return [(alert["kind"], alert["level"]) for alert in found["alerts"]]


@pytest.mark.django_db
def test_counts_are_those_measured_on_the_files(real):
    assert real.counts["interactions"] == Interaction.objects.count() == 1653
    assert real.counts["familles"] == 191 and len(real.counts["protagonistes sans substance"]) == 7
    assert Medicine.objects.filter(source="bdpm").count() == 15848
    assert real.counts["médicaments reconnus"] > 8500, "every active substance of each"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "worst"),
    [
        ("clarithromycine", "colchicine", "contre-indication"),
        ("clarithromycine", "simvastatine", "contre-indication"),
        ("miconazole", "warfarine", "contre-indication"),
        ("sildénafil", "trinitrine", "contre-indication"),
        ("acide acétylsalicylique 500", "warfarine", "contre-indication"),
        ("amoxicilline", "méthotrexate", "association déconseillée"),
        ("ibuprofène", "warfarine", "association déconseillée"),
        ("lithium 250", "ibuprofène", "association déconseillée"),
        ("lithium 250", "hydrochlorothiazide", "association déconseillée"),
        ("carbamazépine", "clozapine", "association déconseillée"),
        ("atorvastatine", "clarithromycine", "précaution d’emploi"),
        ("lévothyroxine", "fer", "précaution d’emploi"),
        ("digoxine", "amiodarone", "précaution d’emploi"),
        ("tramadol", "fluoxétine", "association déconseillée"),
        ("allopurinol", "azathioprine", "contre-indication"),
    ],
)
def test_pairs_at_each_level(real, one, two, worst):
    found = [level for kind, level in levels(one, two) if kind == "interaction"]
    assert found and found[0] == worst


@pytest.mark.django_db
def test_a_condition_that_aims_at_another_substance_blocks_nothing(real):
    """The contra-indication between oxybate and opioids is read under any sedative, and stops none."""
    wanted = {"lines": [{"dci": "zolpidem"}, {"dci": "morphine sulfate 10"}]}
    found = asked.answer(asked.Asked.model_validate(wanted))["alerts"]
    aimed = [alert for alert in found if alert["level"] == "contre-indication"]
    assert aimed and all("oxybate de sodium" in alert["aims_only_at"] for alert in aimed)
    assert not any(alert["needs_reason"] for alert in aimed)


@pytest.mark.django_db
def test_narcotics_hypnotics_and_hospital_only(real):
    found = asked.answer(
        asked.Asked.model_validate(
            {
                "lines": [
                    {"dci": "morphine sulfate 10", "duration_days": 29},
                    {"dci": "zolpidem", "duration_days": 29},
                    {"dci": "zolpidem", "duration_days": 28},
                ]
            }
        )
    )
    late = [alert["lines"] for alert in found["alerts"] if alert["kind"] == "règle"]
    assert late == [[0], [1]]


@pytest.mark.django_db
def test_a_recent_molecule_is_not_covered(real):
    found = asked.answer(asked.Asked.model_validate({"lines": [{"dci": "lévétiracétam"}]}))
    assert found["not_covered"]["lines"][0]["check"] == "interactions"


def check(*names: str, **patient) -> dict:
    wanted = {"lines": [{"dci": name} for name in names], "patient": patient}
    return asked.answer(asked.Asked.model_validate(wanted))


def covered(found: dict, which: str) -> int:
    return next(row["covered"] for row in found["coverage"] if row["check"] == which)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "worst", "looked"),
    [
        ("izalgi", "valium 10", "à prendre en compte", 2),
        ("lamaline", "naltrexone", "association déconseillée", 2),
        ("lamaline", "rivotril", "à prendre en compte", 2),
        ("augmentin", "méthotrexate", "association déconseillée", 1),
    ],
)
def test_opium_is_an_opioid_and_a_combination_known_by_half_is_not_covered(real, one, two, worst, looked):
    """The thesaurus names no clavulanate."""
    found = check(one, two)
    met = [a for a in found["alerts"] if a["kind"] == "interaction" and not a["aims_only_at"]]
    assert met[0]["level"] == worst
    assert covered(found, "interactions") == looked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "needs_reason"),
    [
        ("xyrem", "stilnox", {"association déconseillée"}),
        ("xyrem", "alprazolam", {"association déconseillée"}),
        ("carbonate de calcium", "digoxine", set()),
        ("xarelto", "kardégic 75", set()),
        ("warfarine", "aspirine 75", set()),
        ("warfarine", "aspirine 500", {"contre-indication", "association déconseillée"}),
        ("simvastatine", "fénofibrate", {"association déconseillée"}),
    ],
)
def test_texts_that_aim_at_a_route_a_dose_or_a_partner(real, one, two, needs_reason):
    found = check(one, two)["alerts"]
    assert {a["level"] for a in found if a["kind"] == "interaction" and a["needs_reason"]} == needs_reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "worst"),
    [
        ("millepertuis", "ciclosporine", "contre-indication"),
        ("zyban", "moclobémide", "contre-indication"),
        ("stamaril", "azathioprine", "contre-indication"),
        ("priorix", "azathioprine", "contre-indication"),
        ("vaccin bcg", "azathioprine", "contre-indication"),
        ("victan", "morphine sulfate 10", "à prendre en compte"),
        ("hydrogénosuccinate doxylamine", "alprazolam", "à prendre en compte"),
        ("levemir", "bisoprolol", "précaution d’emploi"),
        ("bêta-estradiol", "lévothyroxine", "précaution d’emploi"),
    ],
)
def test_names_that_differ_are_joined(real, one, two, worst):
    found = check(one, two)
    met = [a["level"] for a in found["alerts"] if a["kind"] == "interaction" and not a["aims_only_at"]]
    assert met and met[0] == worst and covered(found, "interactions") == 2
