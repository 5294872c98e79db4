"""Names of the BDPM that share no key with the thesaurus, joined by reviewed data; those that must not be."""

from __future__ import annotations

import pytest

from serment.catalogues import interactions
from serment.catalogues.models import ThesaurusSubstance
from serment.catalogues.substances import full_key, moiety

THESAURUS = {
    "millepertuis": [],
    "bupropion": [],
    "virus de la fievre jaune": ["f:vaccins vivants attenues"],
    "virus de la rougeole": ["f:vaccins vivants attenues"],
    "virus des oreillons": ["f:vaccins vivants attenues"],
    "virus rubeoleux": ["f:vaccins vivants attenues"],
    "virus varicelle-zona": ["f:vaccins vivants attenues"],
    "bcg": ["f:vaccins vivants attenues"],
    "loflazépate": ["f:benzodiazepines et apparentes"],
    "doxylamine": ["f:hypnotiques"],
    "insuline lispro": ["f:insuline"],
    "insuline humaine recombinante": ["f:insuline"],
    "estradiol": ["f:estrogenes non contraceptifs"],
    "calcium": [],
    "potassium": [],
    "scopolamine": [],
}


@pytest.fixture
def thesaurus(db):
    ThesaurusSubstance.objects.bulk_create(
        ThesaurusSubstance(key=full_key(name), label=name, families=families, source="ansm")
        for name, families in THESAURUS.items()
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("EXTRAIT SEC DE MILLEPERTUIS", "millepertuis"),
        ("MILLEPERTUIS (SOMMITÉ FLEURIE) (EXTRAIT SEC DE)", "millepertuis"),
        ("CHLORHYDRATE DE BUPROPIONE", "bupropion"),
        ("VIRUS DE LA FIÈVRE JAUNE, SOUCHE 17D-204 (VIVANT, ATTÉNUÉ)", "virus de la fievre jaune"),
        ("VIRUS DE LA ROUGEOLE, SOUCHE SCHWARTZ, VIVANT, ATTÉNUÉ", "virus de la rougeole"),
        ("VIRUS DES OREILLONS (SOUCHE JERYL LYNN) (VIVANT, ATTÉNUÉ)", "virus des oreillons"),
        ("VIRUS DE LA RUBÉOLE (SOUCHE WISTAR RA 27/3) (VIVANT, ATTÉNUÉ)", "virus rubeoleux"),
        ("VIRUS DE LA VARICELLE SOUCHE OKA (VIVANT, ATTÉNUÉ)", "virus varicelle-zona"),
        ("BCG (BACILLES DE CALMETTE-GUÉRIN), SOUCHE DANOISE 1331, VIVANTE ATTÉNUÉE", "bcg"),
        ("LOFLAZÉPATE D'ÉTHYLE", "loflazépate"),
        ("HYDROGÉNOSUCCINATE DE DOXYLAMINE", "doxylamine"),
        ("INSULINE LISPRO RECOMBINANTE", "insuline lispro"),
        ("BÊTA-ESTRADIOL HÉMIHYDRATÉ", "estradiol"),
        ("CALCIUM (CHLORURE DE) CRISTALLISÉ", "calcium"),
        ("GLUCONATE DE CALCIUM POUR SOLUTION INJECTABLE", "calcium"),
    ],
)
def test_one_substance_under_two_names(thesaurus, name, label):
    known = interactions.known_substances([name])[name]
    assert known.label == label and f"s:{full_key(label)}" in known.names


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("INSULINE DÉTÉMIR", "insuline"),
        ("INSULINE GLULISINE", "insuline"),
        ("SÉROTYPE 4 DU VIRUS DE LA DENGUE, VIVANT, ATTENUÉ", "vaccins vivants attenues"),
    ],
)
def test_a_substance_held_as_another_has_its_families_alone(thesaurus, name, family):
    assert interactions.known_substances([name])[name].names == {f"f:{family}"}


@pytest.mark.parametrize(
    "name",
    [
        "CLAVULANATE DE POTASSIUM",
        "ANTIGÈNE GLYCOPROTÉINE E DU VIRUS VARICELLE-ZONA (VZV) (RECOMBINANT, AVEC ADJUVANT)",
        "VIRUS DE LA GRIPPE INACTIVÉ, FRAGMENTÉ",
        "FLUOROESTRADIOL (18F)",
        "MILLEPERTUIS POUR PRÉPARATIONS HOMÉOPATHIQUES",
    ],
)
def test_what_only_looks_alike_is_not_joined(thesaurus, name):
    assert interactions.known_substances([name]) == {}


def test_one_salt_more_is_the_same_substance():
    assert moiety("HYDROGÉNOSUCCINATE DE DOXYLAMINE") == moiety("SUCCINATE DE DOXYLAMINE")
