"""Texts of the thesaurus that aim at a route, a dose or a partner: told lower with why, never hidden, kept in doubt."""

from __future__ import annotations

import pytest

from serment.catalogues.models import Interaction, Medicine, ThesaurusSubstance
from serment.prescribing.safety import Item, PatientFacts, review

TORSADES = "- Pour l'érythromycine et la vincamine, seules les formes administrées par voie intraveineuse sont concernées"
ANTIPLATELET = (
    "- des doses antalgiques (>=500 mg par prise) en l'absence d’antécédent d’ulcère gastro-duodénal\n- des doses"
    " antiagrégantes (de 50 mg à 375 mg par jour) et en cas d’antécédent d’ulcère gastro-duodénal."
)
HIGH = (
    "avec :\n- des doses anti-inflammatoires d'acide acétylsalicylique (>=1g par prise et/ou >=3g par jour)"
)
PAIRS = [
    ("s:calcium", "s:digoxine", 4, ": - avec les sels de calcium IV, hormis supplémentation parentérale."),
    ("s:erythromycine", "s:domperidone", 4, TORSADES),
    ("f:avk", "s:acetylsalicylique", 4, HIGH),
    ("f:avk", "s:acetylsalicylique", 3, ANTIPLATELET),
    ("f:sedatifs", "f:sedatifs", 4, "entre l'oxybate de sodium et les opiacés ou les barbituriques."),
    ("f:sedatifs", "f:sedatifs", 3, "avec l'oxybate de sodium."),
]
SUBSTANCES = {
    "calcium": [],
    "digoxine": [],
    "erythromycine": [],
    "domperidone": [],
    "acetylsalicylique": [],
    "warfarine": ["f:avk"],
    "oxybate sodium": ["f:sedatifs"],
    "alprazolam": ["f:sedatifs"],
    "morphine": ["f:sedatifs", "f:morphiniques"],
}


@pytest.fixture
def loaded(db):
    for key, families in SUBSTANCES.items():
        label = "oxybate de sodium" if key.startswith("oxybate") else key
        ThesaurusSubstance.objects.create(key=key, label=label, families=families, source="ansm")
    for one, two, level, info in PAIRS:
        Interaction.objects.create(
            one=one, two=two, one_label=one[2:], two_label=two[2:], level=level, info=info, source="ansm"
        )


def line(
    place: int, name: str, strength: str = "", routes: str = "orale", atc: str = "", of: str = ""
) -> Item:
    row = ["", name, "SA", strength, "1", of]
    form = "solution injectable" if routes == "intraveineuse" else "comprimé"
    return Item(
        place,
        Medicine(
            key=f"x:{name}{routes}", dci_label=name, form=form, routes=routes, atc=atc, substances=[row]
        ),
    )


def met(one: Item, two: Item, **patient) -> list[tuple[str, tuple[str, ...]]]:
    alerts = review([one, two], PatientFacts(**patient)).alerts
    return [(a.level, a.only) for a in alerts if a.kind == "interaction"]


CALCIUM = "CARBONATE DE CALCIUM"
LOWER = "information"


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        (line(0, CALCIUM), line(1, "DIGOXINE"), LOWER),
        (line(0, CALCIUM, routes="intraveineuse"), line(1, "DIGOXINE"), "contre-indication"),
        (line(0, CALCIUM, routes="orale;intraveineuse"), line(1, "DIGOXINE"), "contre-indication"),
        (line(0, CALCIUM, routes=""), line(1, "DIGOXINE", routes="intraveineuse"), "contre-indication"),
        (line(0, "ÉRYTHROMYCINE"), line(1, "DOMPÉRIDONE"), "précaution d’emploi"),
        (line(0, "ÉRYTHROMYCINE", routes="intraveineuse"), line(1, "DOMPÉRIDONE"), "contre-indication"),
    ],
)
def test_a_route_that_the_text_does_not_aim_at(loaded, one, two, level):
    assert met(one, two) == met(two, one) == [(level, ())]


def test_why_is_said_and_the_text_is_kept(loaded):
    alert = review([line(0, CALCIUM), line(1, "DIGOXINE")], PatientFacts()).alerts[0]
    assert "ce texte vise la voie IV" in alert.title and not alert.blocking
    assert alert.text.startswith("Contre-indication au thésaurus") and "calcium IV" in alert.condition


ASPIRIN = "ACIDE ACÉTYLSALICYLIQUE"
BOTH = ["contre-indication", "association déconseillée"]
LOW = ["précaution d’emploi", LOWER]


@pytest.mark.parametrize(
    ("aspirin", "patient", "levels"),
    [
        (line(0, ASPIRIN, "75 mg"), {}, LOW),
        (line(0, ASPIRIN, "0,1 g"), {}, LOW),
        (line(0, ASPIRIN, "300 mg", atc="B01AC06"), {}, LOW),
        (line(0, ASPIRIN, "300 mg"), {}, BOTH),
        (line(0, ASPIRIN, "500 mg"), {}, BOTH),
        (line(0, ASPIRIN), {}, BOTH),
        (line(0, ASPIRIN, "75 mg", routes="intraveineuse", of="1 ml"), {}, BOTH),
        (line(0, ASPIRIN, "75 mg"), {"problems": ("K25.7 Ulcère gastrique",)}, [BOTH[1], LOWER]),
    ],
)
def test_a_dose_that_the_strength_does_not_reach(loaded, aspirin, patient, levels):
    """« Not clear » keeps the highest: no strength, so much in a millilitre, a strength that two units would reach."""
    assert [level for level, _ in met(aspirin, line(1, "WARFARINE"), **patient)] == levels


def test_oxybate_itself_is_not_folded_away(loaded):
    """The BDPM writes « SODIUM (OXYBATE DE) »; « déconseillée avec l'oxybate » then wants a reason."""
    oxybate = line(0, "SODIUM (OXYBATE DE)", "500 mg")
    found = met(oxybate, line(1, "ALPRAZOLAM"))
    assert found == [
        ("association déconseillée", ()),
        ("contre-indication", ("morphiniques", "barbituriques")),
    ]
    assert met(oxybate, line(1, "SULFATE DE MORPHINE"))[0] == ("contre-indication", ())
    other = met(line(0, "ALPRAZOLAM"), line(1, "SULFATE DE MORPHINE"))
    assert {only for _, only in other} == {("oxybate de sodium",)}
