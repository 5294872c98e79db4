"""How a medicine is named, and what a few letters find first."""

from __future__ import annotations

import pytest

from serment.catalogues import selectors, services
from serment.catalogues.models import Medicine
from serment.catalogues.wording import dci_label, named, plain_form, ranked_words, volume


@pytest.mark.parametrize(
    ("reference", "form", "expected"),
    [
        ("1 mL de solution", "solution injectable", "/mL"),
        ("5 ml", "sirop", "/5 mL"),
        ("100 g de crème", "crème", "/100 g"),
        ("un comprimé", "comprimé", ""),
        ("une ampoule de 2 ml", "solution injectable", ""),
        ("", "gélule", ""),
    ],
)
def test_the_volume_a_strength_is_for(reference, form, expected):
    assert volume(reference, form) == expected


@pytest.mark.parametrize(
    ("name", "form", "label"),
    [
        ("FICTIFUS 25 microgrammes/heure, dispositif transdermique", "dispositif transdermique", "Fentanyl 25 microgrammes/h, dispositif transdermique"),
        ("FICTIFUS 4mg/24 heures, dispositif transdermique", "dispositif transdermique", "Fentanyl 4 mg/24 h, dispositif transdermique"),
        ("FICTIFUS 50 microgrammes/7 microgrammes/24 heures", "dispositif transdermique", "Fentanyl 4,2 mg, dispositif transdermique"),
        ("FICTIFUS 25 microgrammes/heure", "solution injectable", "Fentanyl 4,2 mg, solution injectable"),
    ],
)  # fmt: skip
def test_a_patch_is_named_by_what_it_gives(name, form, label):
    """Two makers' patches of one dose hold 4,2 mg and 2,75 mg: their strength tells nothing to who prescribes."""
    row = ["17477", "FENTANYL", "SA", "4,2 mg", "1", "un dispositif"]
    assert dci_label({"name": name, "form": form, "substances": [row]}) == label


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("comprimé gastro-résistant(e)", "comprimé gastro-résistant"),
        ("gélule gastro-résistant(e)", "gélule gastro-résistante"),
        ("granulés effervescent(e) pour solution buvable", "granulés effervescents pour solution buvable"),
        ("poudre effervescent(e) pour suspension buvable", "poudre effervescente pour suspension buvable"),
        ("poudre pour solution buvable et entéral(e)", "poudre pour solution buvable et entérale"),
        ("microgranule gastro-résistant(e) en gélule", "microgranule gastro-résistant en gélule"),
        ("gomme à mâcher médicamenteux(se)", "gomme à mâcher médicamenteuse"),
        ("vernis à ongles médicamenteux(se)", "vernis à ongles médicamenteux"),
        ("pansement adhésif(ve)", "pansement adhésif"),
        ("solution(s) et poudre(s) pour perfusion", "solution et poudre pour perfusion"),
        ("comprimé pelliculé", "comprimé pelliculé"),
    ],
)
def test_a_form_agrees_with_its_noun(written, read):
    assert plain_form(written) == read


def test_a_liquid_says_how_much_in_what():
    row = ["1", "INSULINE GLARGINE", "SA", "100,00 UI", "1", "1 mL de solution"]
    medicine = {
        "name": "FICTIFUS 100 UI/mL, solution injectable",
        "form": "solution injectable",
        "substances": [row],
    }
    assert dci_label(medicine) == "Insuline glargine 100 UI/mL, solution injectable"


def rows(*some: tuple[str, str, str]) -> list[list[str]]:
    return [[str(place), name, kind, amount, "1", ""] for place, (name, kind, amount) in enumerate(some)]


@pytest.mark.parametrize(
    ("name", "substances", "label"),
    [
        (
            "FICTRESTO 49 mg/51 mg",
            rows(("VALSARTAN", "FT", "51,4 mg"), ("COMPLEXE DES DEUX", "SA", ""), ("SACUBITRIL", "FT", "48,6 mg")),
            "Sacubitril 48,6 mg + Valsartan 51,4 mg, comprimé",
        ),
        (
            "FICTIFLON 500 mg",
            rows(("DIOSMINE", "FT", "450 mg"), ("HESPÉRIDINE", "FT", "50 mg"), ("FLAVONOÏDES", "SA", "500 mg")),
            "Flavonoïdes 500 mg, comprimé",
        ),
        (
            "FICTIFLON",
            rows(("DIOSMINE", "FT", "450 mg"), ("HESPÉRIDINE", "FT", "50 mg"), ("FLAVONOÏDES", "SA", "500 mg")),
            "Diosmine 450 mg + Hespéridine 50 mg, comprimé",
        ),
        (
            "FICTIZYME 500 UI",
            rows(("ZYME", "SA", "500 UI"), ("ZYME NATIVE", "FT", ""), ("ZYME VARIANTE", "FT", "")),
            "Zyme 500 UI, comprimé",
        ),
    ],
)  # fmt: skip
def test_every_fraction_is_named_unless_the_name_gives_the_whole(name, substances, label):
    one = {"name": name, "form": "comprimé", "substances": substances, "homeopathic": False, "marketed": True}
    assert dci_label(one) == label
    found = {word for word, _ in ranked_words(one | {"dci_label": label}, True)}
    assert {row[1].split()[0].lower().replace("é", "e") for row in substances if row[2] == "FT"} <= found


@pytest.mark.parametrize(
    ("name", "atc", "label"),
    [
        (
            "VAXIFICT suspension injectable en seringue. Vaccin grippal trivalent (inactivé, à virion fragmenté)",
            "",
            "Vaccin grippal trivalent (VAXIFICT), suspension injectable",
        ),
        (
            "FICTIVAR 13, suspension injectable.Vaccin pneumococcique conjugué (13-valent, adsorbé)",
            "",
            "Vaccin pneumococcique conjugué (13-valent, adsorbé) (FICTIVAR 13), suspension injectable",
        ),
        (
            "FICTIVAC 0,25 ml ENFANTS, suspension injectable. Vaccin de l’encéphalite à tiques",
            "",
            "Vaccin de l’encéphalite à tiques (FICTIVAC 0,25 ml ENFANTS), suspension injectable",
        ),
        ("FICTYON, suspension injectable en seringue", "J07CA09", "FICTYON, suspension injectable"),
        ("VACCIN FICTIF DU LABO, suspension injectable", "", "VACCIN FICTIF DU LABO, suspension injectable"),
    ],
)  # fmt: skip
def test_a_vaccine_is_named_by_what_it_is_against(name, atc, label):
    strains = [
        [str(n), f"SOUCHE A/FICTIVILLE/{n}/2023", "SA", "15 microgrammes", str(n), ""] for n in range(20)
    ]
    one = {"name": name, "form": "suspension injectable", "atc": atc, "substances": strains}
    assert dci_label(one) == label


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ACÉTYLSALICYLIQUE (ACIDE)", "Acide acétylsalicylique"),
        ("METFORMINE BASE", "Metformine"),
        ("SODIUM (CHLORURE DE)", "Chlorure de sodium"),
        ("AMOXICILLINE", "Amoxicilline"),
    ],
)
def test_substances_read_in_order(written, read):
    assert named(written) == read


def medicine(number: int, substance: str, name: str, **more) -> dict:
    return {
        "key": f"bdpm:{number}",
        "source": "bdpm",
        "name": name,
        "dci_label": f"{substance}, comprimé",
        "form": "comprimé",
        "marketed": True,
        "homeopathic": False,
        "substances": [["", substance.upper(), "SA", "", "1"]],
    } | more


def test_what_comes_first(db):
    """The usual molecule, then the rare one, then what the letters only appear in, homeopathy last."""
    rows = [
        medicine(1, "Paratherium compositum", "PARATHERIUM COMPOSE, comprimé", homeopathic=True),
        medicine(2, "Pararemède", "PARAREME, comprimé"),
        *(medicine(number, "Paracétamol", f"PARACETAMOL LABO{number}, comprimé") for number in range(10, 14)),
        medicine(20, "Caféine", "PARACAFE, comprimé"),
        medicine(21, "Caféine", "AUTRE CAFE PARADOXAL, comprimé"),
        medicine(30, "Paraffine", "PARAFFINE, comprimé", marketed=False),
    ]
    chosen = services.count_copies(rows)
    Medicine.objects.bulk_create(Medicine(**row) for row in rows)
    services.index("m", services._medicine_words(rows, chosen))
    found = [hit.key for hit in selectors.search_medicines("par")]
    assert found == ["bdpm:10", "bdpm:2", "bdpm:20", "bdpm:21", "bdpm:30", "bdpm:1"]
    boosted = selectors.search_medicines("par", boost=["bdpm:21", "bdpm:13"])
    assert [hit.key for hit in boosted][:2] == ["bdpm:21", "bdpm:13"] and boosted[0].usual


def test_a_search_is_four_queries_at_most(db, django_assert_max_num_queries):
    services.load_starter()
    with django_assert_max_num_queries(5):
        assert selectors.search_medicines("pa", boost=["starter:1"])
    with django_assert_max_num_queries(4):
        assert selectors.search_medicines("pa")


@pytest.mark.parametrize(
    ("name", "form", "strength", "reference", "label"),
    [
        (
            "FICTAMOX 250 mg/5 ml, poudre pour suspension buvable",
            "poudre pour suspension buvable",
            "250 mg",
            "une cuillère-mesure de 5 ml de suspension reconstituée",
            "Fictine 250 mg/5 mL, poudre pour suspension buvable",
        ),
        (
            "FICTAMOX, poudre pour suspension buvable",
            "poudre pour suspension buvable",
            "250 mg",
            "une cuillère mesure de 5 ml",
            "Fictine 250 mg/5 mL, poudre pour suspension buvable",
        ),
        (
            "FICTILIX 10 mg/ml, solution buvable",
            "solution buvable",
            "0,600 g",
            "un flacon",
            "Fictine 10 mg/mL, solution buvable",
        ),
        (
            "FICTROL 2 000 000 UI/100 ml, solution buvable en gouttes",
            "solution buvable en gouttes",
            "2 000 000 UI",
            "100 ml",
            "Fictine 2 000 000 UI/100 mL, solution buvable en gouttes",
        ),
        (
            "FICTULOSE 10 g/15 ml, solution buvable en sachet",
            "solution buvable",
            "10 g",
            "un sachet de 15 ml",
            "Fictine 10 g, solution buvable",
        ),
        (
            "FICTOL 20 mg/2 ml, solution injectable",
            "solution injectable",
            "20 mg",
            "une ampoule de 2 ml",
            "Fictine 20 mg, solution injectable",
        ),
        (
            "FICTOL 10 mg/ml ou 20 mg/ml, solution buvable",
            "solution buvable",
            "10 mg",
            "1 ml",
            "Fictine 10 mg/mL, solution buvable",
        ),
    ],
)
def test_what_one_drinks_by_measure_keeps_its_volume(name, form, strength, reference, label):
    """A spoon is a volume, a bottle is nothing one takes; a sachet or an ampoule is counted."""
    row = ["1", "FICTINE", "SA", strength, "1", reference]
    assert dci_label({"name": name, "form": form, "substances": [row]}) == label


def indexed(*rows: dict) -> None:
    chosen = services.count_copies(list(rows))
    Medicine.objects.bulk_create(Medicine(**row) for row in rows)
    services.index("m", services._medicine_words(rows, chosen))


def test_town_forms_come_before_what_is_injected_or_kept_to_hospitals(db):
    """« Ventoline » is first the one inhaled, although the injectable one has the shorter label."""
    indexed(
        medicine(1, "Fictamol", "FICTOLINE 1 mg/ml, solution", routes="sous-cutanée", form="solution"),
        medicine(
            2, "Fictamol", "FICTOLINE 100, suspension pour inhalation", routes="inhalée", form="suspension"
        ),
        medicine(3, "Fictine", "FICTINE A", dci_label="Fictine, a", routes="intraveineuse"),
        medicine(4, "Fictine", "FICTINE B", dci_label="Fictine, comprimé sécable", routes="orale"),
        medicine(5, "Fictine", "FICTINE C", dci_label="Fictine, pommade cutanée", routes="cutanée"),
        medicine(
            6,
            "Fictine",
            "FICTINE D",
            dci_label="Fictine, b",
            routes="orale",
            conditions=["réservé à l'usage HOSPITALIER"],
        ),
    )
    assert [hit.key for hit in selectors.search_medicines("fictoline")] == ["bdpm:2", "bdpm:1"]
    assert [hit.key for hit in selectors.search_medicines("fictine")] == [
        "bdpm:4",
        "bdpm:5",
        "bdpm:3",
        "bdpm:6",
    ]
    assert selectors.search_medicines("fictine", boost=["bdpm:3"])[0].key == "bdpm:3", (
        "the usual one stays first"
    )


def test_a_substance_alone_comes_before_what_holds_it_too(db):
    combined = [
        medicine(
            n, "Fictazide + Valfictan", f"COFICT {n}", dci_label="Fictazide + Valfictan, comprimé", copies=9
        )
        for n in range(1, 9)
    ]
    indexed(*combined, medicine(20, "Fictazide", "FICTREX"))
    assert selectors.search_medicines("fictazide")[0].key == "bdpm:20"


def test_another_word_of_the_form_is_tried_where_the_typed_one_finds_nothing(db):
    indexed(
        medicine(1, "Fictanyl", "FICTANYL", dci_label="Fictanyl 25 microgrammes/h, dispositif transdermique"),
        medicine(2, "Fictanyl", "FICTANYL", dci_label="Fictanyl, comprimé"),
        medicine(3, "Nicofict", "NICOFICT PATCH", dci_label="Nicofict, dispositif transdermique"),
    )
    assert [(hit.key, hit.near) for hit in selectors.search_medicines("fictanyl patch")] == [("bdpm:1", "")]
    assert [hit.key for hit in selectors.search_medicines("patch")] == ["bdpm:3"]


@pytest.mark.parametrize(
    ("typed", "near", "found"),
    [
        ("fictazepan", "fictazépam", ["bdpm:1"]),
        ("fictaciline", "fictacilline", ["bdpm:2"]),
        ("fictaciline 1g", "fictacilline", ["bdpm:2"]),
        ("fictaz", "", ["bdpm:1"]),
        ("fictoroxine", "", []),
        ("fita", "", []),
    ],
)
def test_a_near_spelling_is_proposed_where_nothing_is_found(db, typed, near, found):
    indexed(
        medicine(1, "Fictazépam", "FICTAZEPAM"),
        medicine(2, "Fictacilline", "FICTACILLINE 1 g", dci_label="Fictacilline 1 g, comprimé"),
    )
    hits = selectors.search_medicines(typed)
    assert [hit.key for hit in hits] == found and {hit.near for hit in hits} <= {near}


def test_what_is_not_found_costs_a_bounded_number_of_queries(db, django_assert_max_num_queries):
    indexed(medicine(1, "Fictazépam", "FICTAZEPAM"))
    with django_assert_max_num_queries(8):
        assert selectors.search_medicines("fictazepan")[0].near
    with django_assert_max_num_queries(6):
        assert not selectors.search_medicines("zzzzzzzz")
