"""The checks on small catalogues of our own: each level, each kind, and what is not covered said (R3.5).

The real thesaurus and the real BDPM are in `test_safety_real.py`.
"""

from __future__ import annotations

import json

import pytest

from serment.catalogues import brands, interactions, thesaurus
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import ImportRun, Interaction, Medicine, ThesaurusSubstance, Word
from serment.catalogues.substances import candidates, moiety
from serment.prescribing.safety import Item, PatientFacts, review

FOR_MEN = (
    "pour adolescents de sexe masculin et hommes susceptibles de procréer : prescription initiale réservée à certains"
    " spécialistes",
)
FOR_WOMEN = (
    "pour enfants et adolescents de sexe féminin, femmes susceptibles de procréer et femmes enceintes : prescription"
    " initiale annuelle réservée à certains spécialistes",
)
THESAURUS = [
    ("ABCIXIMAB", "ANTICOAGULANTS", "CONTRE-INDICATION", "", "Saignement."),
    ("ANTICOAGULANTS", "ABCIXIMAB", "CONTRE-INDICATION", "", "Saignement."),
    ("METHOTREXATE", "PENICILLINES", "Association DECONSEILLEE", "", "Méthotrexate accumulé."),
    ("WARFARINE", "PARACETAMOL", "Précaution d'emploi", "au-delà de 4 g", "INR à surveiller."),
    ("SEDATIFS", "SEDATIFS", "A prendre en compte", "", "Somnolence."),
    ("ACIDE ACETYLSALICYLIQUE", "WARFARINE", "CONTRE-INDICATION", "dès 1 g par prise", "Saignement."),
    ("ACIDE ACETYLSALICYLIQUE", "WARFARINE", "Association DECONSEILLEE", "à dose moindre", "Saignement."),
]
INDEX = {
    "abciximab": [],
    "méthotrexate": [],
    "amoxicilline": ["penicillines"],
    "warfarine": ["anticoagulants"],
    "paracetamol": [],
    "acide acetylsalicylique": [],
    "codeine": ["sedatifs"],
    "oxazepam": ["sedatifs"],
    "acide valproique": [],
}


@pytest.fixture
def loaded(db, tmp_path):
    """The small thesaurus, imported from files of the real shape."""
    rows = [
        {
            "main_drug": one,
            "between_main_and_plus_drug": "",
            "plus_drug": two,
            "severity_levels": [{"level": level, "info": info}],
            "interaction_mechanism": why,
            "description": "",
        }
        for one, two, level, info, why in THESAURUS
    ]
    (tmp_path / "thesaurus_2020-10.json").write_text(json.dumps(rows))
    index = [{"substance": name, "drug_classes": families} for name, families in INDEX.items()]
    (tmp_path / "index_substances_2020-10.json").write_text(json.dumps(index))
    interactions.import_thesaurus(path=tmp_path / "thesaurus_2020-10.json")
    return tmp_path / "thesaurus_2020-10.json"


def item(place: int, *substances: str, atc: str = "", conditions: tuple[str, ...] = (), **more) -> Item:
    running = more.pop("running", False)
    days, reason = more.pop("days", 0), more.pop("non_substitutable", "")
    label = " + ".join(substances)
    medicine = Medicine(
        key=more.pop("key", f"test:{label}"),
        name=more.pop("name", label),
        dci_label=label,
        form=more.pop("form", "comprimé"),
        routes=more.pop("routes", ""),
        atc=atc,
        conditions=list(conditions),
        substances=[["", name, "SA", "", "1"] for name in substances],
    )
    return Item(place, medicine, running=running, days=days, non_substitutable=reason)


def levels(*items: Item, **patient) -> list[tuple[str, str]]:
    """Kinds and levels of the alerts, but for what is only to be known (driving, a missing kidney function)."""
    alerts = review(items, PatientFacts(**patient)).alerts
    silent = {("conduite", "information"), ("contre-indication", "information")}
    return [(a.kind, a.level) for a in alerts if (a.kind, a.level) not in silent]


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        ("ABCIXIMAB", "WARFARINE SODIQUE", ["contre-indication"]),
        ("MÉTHOTREXATE", "AMOXICILLINE TRIHYDRATÉE", ["association déconseillée"]),
        ("WARFARINE", "PARACÉTAMOL", ["précaution d’emploi"]),
        ("PHOSPHATE DE CODÉINE HÉMIHYDRATÉ", "OXAZÉPAM", ["à prendre en compte"]),
        ("ACÉTYLSALICYLATE DE LYSINE", "WARFARINE", ["contre-indication", "association déconseillée"]),
        ("PARACÉTAMOL", "AMOXICILLINE", []),
    ],
)
def test_every_level_of_a_pair_by_its_salts_and_families(loaded, one, two, found):
    assert [level for kind, level in levels(item(0, one), item(1, two)) if kind == "interaction"] == found


def test_both_levels_keep_their_condition(loaded):
    report = review([item(0, "ACIDE ACÉTYLSALICYLIQUE"), item(1, "WARFARINE")], PatientFacts())
    assert [alert.condition for alert in report.alerts] == ["dès 1 g par prise", "à dose moindre"]
    assert "2020-10" in report.alerts[0].source


def test_a_family_against_itself_needs_two_lines(loaded):
    assert levels(item(0, "CODÉINE")) == []
    assert levels(item(0, "CODÉINE", "OXAZÉPAM")) == [], "one fixed combination is one line"


def test_a_running_treatment_counts_but_two_of_them_say_nothing(loaded):
    running = item(-1, "WARFARINE", running=True)
    report = review([item(0, "ABCIXIMAB"), running], PatientFacts())
    assert report.alerts[0].places == (0,) and report.alerts[0].others == ("WARFARINE",)
    assert levels(running, item(-1, "ABCIXIMAB", running=True)) == []


def test_what_the_thesaurus_does_not_know_is_said_never_safe(loaded):
    report = review([item(0, "NOUVELLUMAB"), item(1, "WARFARINE")], PatientFacts())
    assert (0, "NOUVELLUMAB", "interactions") in report.uncovered
    assert report.coverage[0].text == "interactions : 1 ligne sur 2"
    assert {(c.check, c.looked) for c in report.coverage if c.check == "fonction rénale"} == {
        ("fonction rénale", 0)
    }
    assert "doses maximales" in report.never


@pytest.mark.parametrize(
    ("allergy", "substance", "atc", "level"),
    [
        ("amoxicilline", "AMOXICILLINE TRIHYDRATÉE", "J01CA04", "allergie"),
        ("pénicilline", "CLOXACILLINE", "J01CF02", "allergie"),
        ("pénicillines", "CEFTRIAXONE", "J01DD04", "précaution d’emploi"),
        ("AINS", "KÉTOPROFÈNE", "M01AE03", "allergie"),
        ("aspirine", "IBUPROFÈNE", "M01AE01", "précaution d’emploi"),
        ("macrolides", "CLARITHROMYCINE", "J01FA09", "allergie"),
    ],
)
def test_allergies_by_substance_then_by_class(loaded, allergy, substance, atc, level):
    assert levels(item(0, substance, atc=atc), allergies=(allergy,)) == [("allergie", level)]


def test_an_allergy_elsewhere_is_silent_and_a_line_without_atc_is_said(loaded):
    assert levels(item(0, "DOXYCYCLINE", atc="J01AA02"), allergies=("pénicilline",)) == []
    report = review([item(0, "DOXYCYCLINE")], PatientFacts(allergies=("pénicilline",)))
    assert (0, "DOXYCYCLINE", "doublons par classe") in report.uncovered
    assert (0, "DOXYCYCLINE", "allergies par classe") not in report.uncovered, "the table names it"
    report = review([item(0, "NOUVELLINE")], PatientFacts(allergies=("pénicilline",)))
    assert (0, "NOUVELLINE", "allergies par classe") in report.uncovered


def test_duplicates_by_substance_and_by_class(loaded):
    one, other = item(0, "PARACÉTAMOL", key="a"), item(1, "PARACÉTAMOL", "CODÉINE", key="b")
    assert ("doublon", "doublon") in levels(one, other)
    assert levels(item(0, "IBUPROFÈNE", atc="M01AE01"), item(1, "KÉTOPROFÈNE", atc="M01AE03")) == [
        ("doublon", "doublon")
    ]
    running = item(-1, "PARACÉTAMOL", key="a", running=True)
    assert levels(one, running) == [], "prescribing a running treatment again is a renewal"


@pytest.mark.parametrize(
    ("conditions", "days", "patient", "found"),
    [
        (("liste I", "prescription limitée à 4 semaines"), 28, {}, []),
        (("liste I", "prescription limitée à 4 semaines"), 29, {}, [("règle", "règle")]),
        (("stupéfiants",), 29, {}, [("règle", "règle")]),
        (("liste II",), 366, {}, []),
        (("liste II",), 367, {}, [("règle", "règle")]),
        (("réservé à l'usage HOSPITALIER",), 0, {}, [("règle", "règle")]),
        (("prescription initiale hospitalière annuelle",), 0, {}, [("règle", "information")]),
        (("prescription hospitalière",), 0, {}, [("règle", "règle")]),
        (("stupéfiants", "prescription limitée à 7 jours ou 28 jours"), 7, {}, [("règle", "information")]),
        (
            ("stupéfiants", "prescription limitée à 7 jours ou 28 jours"),
            28,
            {},
            [("règle", "précaution d’emploi")],
        ),
        (
            ("stupéfiants", "prescription limitée à 7 jours ou 28 jours"),
            29,
            {},
            [("règle", "règle"), ("règle", "information")],
        ),
        (FOR_MEN, 0, {"sex": "M", "age": 30}, [("procréation", "précaution d’emploi")]),
        (FOR_MEN, 0, {"sex": "M", "age": 5, "weight_kg": 20.0}, []),
        (FOR_MEN, 0, {"sex": "F", "age": 30, "pregnant": True}, []),
        (FOR_WOMEN, 0, {"sex": "F", "age": 30, "pregnant": True}, [("grossesse", "contre-indication")]),
        (FOR_WOMEN, 0, {"sex": "F", "age": 5, "weight_kg": 20.0}, [("grossesse", "précaution d’emploi")]),
        (FOR_WOMEN, 0, {"sex": "M", "age": 30}, []),
        (
            ("prescription réservée aux spécialistes et services NEUROLOGIE",),
            0,
            {"prescriber_specialty": "Médecine générale"},
            [("règle", "règle")],
        ),
        (
            (
                "prescription réservée aux spécialistes et services NEUROLOGIE",
                "prescription réservée aux spécialistes et services CARDIOLOGIE",
            ),
            0,
            {"prescriber_specialty": "Cardiologie"},
            [],
        ),
        (
            ("pour les femmes en âge de procréer : voir programme de prévention de la grossesse",),
            0,
            {"sex": "F", "age": 30},
            [("grossesse", "précaution d’emploi")],
        ),
        (
            ("pour les femmes en âge de procréer : voir programme de prévention de la grossesse",),
            0,
            {"sex": "M", "age": 30},
            [],
        ),
    ],
)
def test_conditions_of_the_bdpm(loaded, conditions, days, patient, found):
    assert levels(item(0, "SUBSTANCE", conditions=conditions, days=days), **patient) == found


def test_reasons_not_to_substitute_are_lawful_or_not(loaded):
    assert levels(item(0, "PARACÉTAMOL", non_substitutable="MTE")) == [("règle", "règle")]
    assert levels(item(0, "LÉVOTHYROXINE SODIQUE", non_substitutable="MTE")) == []
    assert levels(item(0, "PARACÉTAMOL", non_substitutable="EFG"), age=6, weight_kg=20.0) == [
        ("règle", "règle")
    ]
    assert levels(item(0, "PARACÉTAMOL", non_substitutable="EFG"), age=5, weight_kg=18.0) == []


def test_the_name_says_whom_it_is_for(loaded):
    child = {"age": 7, "weight_kg": 24.0}
    assert levels(item(0, "X", name="TOPLEXINE ADULTES, sirop"), **child) == [("âge", "précaution d’emploi")]
    assert levels(item(0, "X"), age=7) == [("âge", "précaution d’emploi")], (
        "a child under fifteen without a weight"
    )
    assert levels(item(0, "X"), **child) == []
    assert levels(item(0, "X", name="TOPLEXINE ADULTES, sirop"), age=40) == []


def test_a_second_import_changes_nothing_and_a_bad_file_leaves_what_was(loaded, tmp_path):
    before = Interaction.objects.count()
    interactions.import_thesaurus(path=loaded)
    assert (Interaction.objects.count(), ImportRun.objects.count()) == (before, 1)
    bad = tmp_path / "thesaurus_2021-01.json"
    bad.write_text('[{"main_drug": "A", "plus_drug": "B", "severity_levels": [{"level": "?", "info": ""}]}]')
    with pytest.raises(BadFile):
        interactions.import_thesaurus(path=bad)
    assert Interaction.objects.count() == before


def test_pairs_are_unordered_and_given_once(loaded):
    content = thesaurus.read(loaded)
    assert content.doubles == 1 and len(content.pairs) == len(THESAURUS) - 1


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("DICLOFÉNAC SODIQUE", "diclofenac"),
        ("VALPROATE DE SODIUM", "valproique"),
        ("ACIDE VALPROÏQUE", "valproique"),
        ("CHLORURE DE POTASSIUM", "chlorure potassium"),
        ("CARBONATE DE LITHIUM", "lithium"),
        ("CHLORHYDRATE DE METFORMINE", "metformine"),
    ],
)
def test_one_substance_under_its_several_names(name, bare):
    assert bare in candidates(name)
    assert moiety("DICLOFÉNAC SODIQUE") == moiety("diclofénac potassique")


def test_a_check_of_twenty_lines_is_three_queries(loaded, django_assert_max_num_queries):
    items = [item(place, f"SUBSTANCE{place}", "WARFARINE") for place in range(20)]
    with django_assert_max_num_queries(3):
        review(items, PatientFacts())


WITHOUT_CODE = {
    "DICLOFÉNAC SODIQUE": {"pregnant": True, "sex": "F", "age": 30},
    "OLMÉSARTAN MÉDOXOMIL": {"pregnant": True, "sex": "F", "age": 30},
    "ATORVASTATINE CALCIQUE": {"pregnant": True, "sex": "F", "age": 30},
    "BROMHYDRATE D'ÉLÉTRIPTAN": {"problems": ("I21",)},
    "ÉTHINYLESTRADIOL": {"problems": ("embolie pulmonaire",)},
}


@pytest.mark.parametrize("name", WITHOUT_CODE)
def test_a_rule_finds_a_medicine_without_code_by_its_substance(loaded, name):
    assert ("contre-indication", "contre-indication") in levels(item(0, name), **WITHOUT_CODE[name])
    skin = item(0, name, routes="cutanée", form="gel")
    found = review([skin], PatientFacts(**WITHOUT_CODE[name])).alerts
    level = "contre-indication" if name == "ÉTHINYLESTRADIOL" else "information"
    assert [a.level for a in found if a.kind == "contre-indication"] == [level], "a hormone crosses the skin"


def test_substances_that_count_together_only(loaded):
    problems = {"problems": ("embolie pulmonaire",)}
    assert levels(item(0, "NOMÉGESTROL"), **problems) == levels(item(0, "ESTRADIOL"), **problems) == []
    assert levels(item(0, "NOMÉGESTROL", "ESTRADIOL"), **problems) == [
        ("contre-indication", "contre-indication")
    ]


def test_a_local_form_lowers_what_the_thesaurus_says_without_the_route(loaded):
    skin = {"routes": "cutanée", "form": "gel"}
    report = review([item(0, "ABCIXIMAB", **skin), item(1, "WARFARINE")], PatientFacts())
    alert = report.alerts[0]
    assert (alert.level, alert.blocking) == ("information", False)
    assert "forme locale, passage faible, thésaurus non précisé" in alert.title
    assert "Contre-indication" in alert.text and "Saignement." in alert.text
    pair = [item(0, "ACIDE ACÉTYLSALICYLIQUE", **skin), item(1, "WARFARINE")]
    told = [a for a in review(pair, PatientFacts()).alerts if a.kind == "interaction"]
    assert len(told) == 1 and "dès 1 g par prise" in told[0].text and "à dose moindre" in told[0].text
    both = item(0, "ABCIXIMAB", routes="cutanée;orale", form="gel")
    assert levels(both, item(1, "WARFARINE")) == [("interaction", "contre-indication")], "one route is enough"
    patch = item(0, "ABCIXIMAB", atc="N02AB03", **skin)
    assert levels(patch, item(1, "WARFARINE"))[0] == ("interaction", "contre-indication")


def test_a_brand_means_its_substances_and_a_member_its_class(loaded):
    Medicine.objects.create(
        key="bdpm:1",
        source="bdpm",
        name="AUGMENTIN 1 g, poudre",
        dci_label="Amoxicilline 1 g + Acide clavulanique 125 mg, poudre",
        form="poudre",
        substances=[
            ["1", "AMOXICILLINE TRIHYDRATÉE", "SA", "", "1"],
            ["2", "CLAVULANATE DE POTASSIUM", "SA", "", "2"],
        ],
    )
    Word.objects.create(kind="m", word="augmentin", target="bdpm:1", rank=1)
    for allergy in ("augmentin", "Allergie à l’Augmentin", brands.search("augm")[0]):
        found = review([item(0, "AMOXICILLINE")], PatientFacts(allergies=(allergy,)))
        assert [a.level for a in found.alerts if a.kind == "allergie"] == ["allergie"], allergy
        assert "non reconnue" not in found.unchecked
    assert brands.search("augm") == ["Augmentin (amoxicilline trihydratée, clavulanate de potassium)"]
    assert brands.is_listed(brands.search("augm")[0]) and not brands.is_listed("Augmentin (eau)")
    assert levels(item(0, "PIPÉRACILLINE"), allergies=("augmentin",)) == [("allergie", "allergie")]
    assert levels(item(0, "CIPROFLOXACINE"), allergies=("moxifloxacine",)) == [("allergie", "allergie")]
    assert levels(item(0, "AMOXICILLINE"), allergies=("céfaclor",)) == [("allergie", "précaution d’emploi")]
    assert levels(item(0, "PARACÉTAMOL"), allergies=("bêta-bloquants", "produit de lessive")) == []


def test_an_allergy_that_no_check_understands_is_said_first(loaded):
    report = review(
        [item(0, "PARACÉTAMOL")], PatientFacts(allergies=("augmantin", "soja", "pollens de bouleau"))
    )
    assert "allergie non reconnue (« augmantin »)" in report.unchecked.replace("\u00a0", " ")
    assert "excipient" in report.unchecked and "pollens" not in report.unchecked


def test_what_is_not_looked_at_is_one_short_line(loaded):
    one = item(0, "IBUPROFÈNE", atc="M01AE01", conditions=("liste II",))
    report = review([one, item(1, "NOUVELLUMAB")], PatientFacts())
    said = report.unchecked.replace("\u00a0", " ")
    assert "contre-indications" in said and "une part des contre-indications (1 ligne)" in said
    assert "fonction rénale" not in said and len(said) < 220


def test_what_aims_at_other_substances_comes_last_under_its_own_title(loaded):
    ThesaurusSubstance.objects.create(key="oxybate sodium", label="OXYBATE DE SODIUM", source="ansm")
    Interaction.objects.create(
        one="f:sedatifs",
        two="f:sedatifs",
        one_label="SEDATIFS",
        two_label="SEDATIFS",
        level=4,
        info="entre l'oxybate de sodium et les opiacés",
        source="ansm",
    )
    items = [item(0, "CODÉINE"), item(1, "OXAZÉPAM"), item(2, "OXAZÉPAM", key="other")]
    report = review(items, PatientFacts())
    assert report.alerts[-1].only and not report.alerts[0].only and not report.blocking
    assert {a.heading for a in report.aside} == {"Ne concerne que oxybate de sodium"}
    slight = [a for a in report.shown if a.level == "à prendre en compte"]
    assert len(slight) == 1 and slight[0].places == (0, 1, 2), "what is said of three pairs is said once"
