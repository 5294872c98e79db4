"""What a check knows by half is not covered: combinations, salts, cross reactions (R3.5)."""

from __future__ import annotations

import pytest

from serment.catalogues.models import Interaction, Medicine, Word
from serment.formats.folding import unaccented
from serment.prescribing.safety import Item, PatientFacts, review
from tests.prescribing.test_safety import item, levels, loaded  # noqa: F401


def test_a_combination_known_by_half_is_not_covered(loaded):  # noqa: F811
    """Paracetamol is of the thesaurus, its neighbour is not: the line is not counted, and the neighbour is named."""
    report = review([item(0, "PARACÉTAMOL", "NOUVELLINE"), item(1, "WARFARINE")], PatientFacts())
    assert report.coverage[0].text == "interactions : 1 ligne sur 2"
    said = [what.replace("\u00a0", " ") for place, _, what in report.uncovered if place == 0]
    assert "interactions de « nouvelline »" in said and "interactions" not in said
    assert "nouvelline" in report.unchecked
    assert ("interaction", "précaution d’emploi") in [(a.kind, a.level) for a in report.alerts]
    running = item(-1, "PARACÉTAMOL", "NOUVELLINE", running=True)
    beside = review([item(0, "WARFARINE"), running], PatientFacts()).uncovered
    assert any(place < 0 and "nouvelline" in label for place, label, _ in beside)


def test_a_salt_is_known_by_its_fraction_and_a_complex_by_each_of_them(loaded):  # noqa: F811
    def of(*rows):
        return Item(0, Medicine(key="x", dci_label="X", substances=[["", n, k, "", "1"] for n, k in rows]))

    salt = of(("COMPLEXE DE NOUVELLINE", "SA"), ("WARFARINE", "FT"))
    assert review([salt], PatientFacts()).coverage[0].looked == 1
    half = of(("COMPLEXE DES DEUX", "SA"), ("WARFARINE", "FT"), ("NOUVELLINE", "FT"))
    assert review([half], PatientFacts()).coverage[0].looked == 0
    assert review([of()], PatientFacts()).coverage[0].looked == 0, "no composition is nothing known"


def test_opium_has_the_families_of_codeine_and_not_its_name(loaded):  # noqa: F811
    report = review([item(0, "PARACÉTAMOL", "POUDRE D'OPIUM"), item(1, "OXAZÉPAM")], PatientFacts())
    assert report.coverage[0].text == "interactions : 2 lignes sur 2"
    assert [a.level for a in report.alerts if a.kind == "interaction"] == ["à prendre en compte"]
    Interaction.objects.create(
        one="s:codeine", two="s:warfarine", one_label="CODEINE", two_label="WARFARINE", level=4, source="ansm"
    )
    assert levels(item(0, "OPIUM (EXTRAIT SEC D')"), item(1, "WARFARINE")) == []
    assert levels(item(0, "CODÉINE"), item(1, "WARFARINE")) == [("interaction", "contre-indication")]


def known_by_word(*names: str) -> None:
    """Medicines of one substance each, found by its first word, as the search index has them."""
    for place, name in enumerate(names):
        row = [str(place), name.upper(), "SA", "", "1"]
        Medicine.objects.create(
            key=f"bdpm:{place}", source="bdpm", name=name, dci_label=name, form="", substances=[row]
        )
        Word.objects.create(kind="m", word=unaccented(name.lower()), target=f"bdpm:{place}", rank=0)


@pytest.mark.parametrize(
    ("allergy", "substance", "level"),
    [
        ("héparine", "ÉNOXAPARINE SODIQUE", "allergie"),
        ("tinzaparine", "HÉPARINE SODIQUE", "allergie"),
        ("héparine", "DANAPAROÏDE SODIQUE", "précaution d’emploi"),
        ("phénytoïne", "CARBAMAZÉPINE", "précaution d’emploi"),
        ("phénytoïne", "FOSPHÉNYTOÏNE SODIQUE", "allergie"),
        ("carbamazépine", "ACÉTATE D'ESLICARBAZÉPINE", "allergie"),
        ("pantoprazole", "OMÉPRAZOLE", "allergie"),
        ("sulfamides", "CÉLÉCOXIB", "allergie"),
        ("sulfamides", "SULFASALAZINE", "allergie"),
        ("sulfamides", "HYDROCHLOROTHIAZIDE", "précaution d’emploi"),
        ("salazopyrine", "SULFAMÉTHOXAZOLE", "allergie"),
        ("célécoxib", "SULFAMÉTHOXAZOLE", ""),
        ("sulfamides", "TRIMÉTHOPRIME", ""),
        ("aspirine", "MÉSALAZINE", "allergie"),
    ],
)
def test_classes_of_cross_reactions(loaded, allergy, substance, level):  # noqa: F811
    found = review([item(0, substance)], PatientFacts(allergies=(allergy,))).alerts
    assert [a.level for a in found if a.kind == "allergie"] == ([level] if level else [])


def test_a_substance_without_a_class_says_that_its_cousins_are_not_looked_at(loaded):  # noqa: F811
    known_by_word("Nouvelline", "Pantoprazole")
    report = review([item(0, "WARFARINE")], PatientFacts(allergies=("nouvelline",)))
    said = "réactions croisées avec la classe de cette allergie"
    assert (-1, "«\u00a0nouvelline\u00a0»", said) in report.uncovered
    assert f"{said} (« nouvelline »)" in report.unchecked.replace("\u00a0", " ")
    report = review([item(0, "WARFARINE")], PatientFacts(allergies=("pantoprazole", "pénicillines")))
    assert said not in report.unchecked
    coded = PatientFacts(allergies=("Inconnulline",), allergy_codes=(("Inconnulline", "99"),))
    assert said in review([item(0, "WARFARINE")], coded).unchecked
