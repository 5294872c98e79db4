"""A strength typed is held: whole, in any unit, and never answered by another one in silence."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from serment.catalogues import selectors, services, strengths
from serment.catalogues.models import Medicine, Word
from serment.catalogues.strengths import Amount


@pytest.mark.parametrize(
    ("text", "names", "amounts"),
    [
        ("ramipril 5", ["ramipril"], [Amount(Decimal(5))]),
        ("amox 1g", ["amox"], [Amount(Decimal(1), "g")]),
        ("amox 1 gel", ["amox", "gel"], [Amount(Decimal(1))]),
        ("ramipril 2.5 mg", ["ramipril"], [Amount(Decimal("2.5"), "mg")]),
        ("ramipril ,5", ["ramipril"], [Amount(Decimal("0.5"))]),
        ("augmentin 1g/125", ["augmentin"], [Amount(Decimal(1), "g"), Amount(Decimal(125))]),
        ("sirop 125 mg/5 mL", ["sirop"], [Amount(Decimal(125), "mg", ("ml", Decimal(5)))]),
        ("vitamine B12 250 µg", ["vitamine", "b12"], [Amount(Decimal(250), "μg")]),
        ("uvedose 100 000 UI", ["uvedose"], [Amount(Decimal(100000), "ui")]),
        ("augmentin 500 125", ["augmentin"], [Amount(Decimal(500)), Amount(Decimal(125))]),
        ("patch 25 microgrammes/h", ["patch"], [Amount(Decimal(25), "microgrammes", ("h", Decimal(1)))]),
    ],
)
def test_words_and_amounts_apart(text, names, amounts):
    assert strengths.split(text) == (names, amounts)


def medicine(number: int, label: str, name: str = "", **more) -> dict:
    return {
        "key": f"bdpm:{number}",
        "source": "bdpm",
        "name": name or "FICTIFUS",
        "dci_label": label,
        "form": "comprimé",
        "marketed": True,
        "homeopathic": False,
        "substances": [["", label.split(" ")[0].upper(), "SA", "", "1"]],
    } | more


ROWS = [
    *(medicine(number, "Ramifictil 2,5 mg, comprimé") for number in range(1, 6)),
    medicine(10, "Ramifictil 5 mg, comprimé"),
    medicine(11, "Ramifictil 50 mg, comprimé"),
    medicine(12, "Ramifictil 10 mg + Amlofictine 5 mg, gélule"),
    medicine(13, "Ramifictil 5 mg + Amlofictine 10 mg, gélule"),
    *(medicine(number, "Parafictol 500 mg, comprimé") for number in range(20, 26)),
    medicine(30, "Parafictol 1 g, comprimé"),
    medicine(31, "Parafictol 1000 mg, gélule"),
    medicine(40, "Morfictine 10 mg/5 mL, sirop"),
    medicine(41, "Morfictine 10 mg/mL, solution"),
    medicine(50, "Sacufictil 48,6 mg, comprimé", "ENTRAFICTO 49 mg/51 mg, comprimé"),
    medicine(60, "Lévofictine 75 microgrammes, comprimé"),
]


@pytest.fixture
def listed(db):
    rows = [dict(row) for row in ROWS]
    chosen = services.count_copies(rows)
    Medicine.objects.bulk_create(Medicine(**row) for row in rows)
    services.index("m", services._medicine_words(rows, chosen))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ramifictil 5", ["bdpm:10", "bdpm:13"]),
        ("ramifictil 5mg", ["bdpm:10", "bdpm:13"]),
        ("5 ramifictil", ["bdpm:10", "bdpm:13"]),
        ("ramifictil 2.5", ["bdpm:1"]),
        ("ramifictil 2,5 mg", ["bdpm:1"]),
        ("amlofictine 5", ["bdpm:12"]),
        ("ramifictil amlofictine 10", ["bdpm:12", "bdpm:13"]),
        ("parafictol 1 g", ["bdpm:30", "bdpm:31"]),
        ("parafictol 1g", ["bdpm:30", "bdpm:31"]),
        ("parafictol 1000", ["bdpm:30", "bdpm:31"]),
        ("parafictol 0,5 g", ["bdpm:20"]),
        ("morfictine 10 mg/ml", ["bdpm:41"]),
        ("morfictine 2 mg/ml", ["bdpm:40"]),
        ("entraficto 49", ["bdpm:50"]),
        ("levofictine 75 mcg", ["bdpm:60"]),
    ],
)
def test_only_the_strength_typed_is_found(listed, typed, found):
    hits = selectors.search_medicines(typed)
    assert sorted(hit.key for hit in hits) == sorted(found)
    assert hits[0].key == found[0]
    assert not any(hit.other_strength for hit in hits)


@pytest.mark.parametrize(
    "typed", ["ramifictil 7", "levofictine 75 mg", "parafictol 2 g", "morfictine 10 mg/2 ml"]
)
def test_a_strength_that_nothing_has_is_said(listed, typed):
    hits = selectors.search_medicines(typed)
    assert hits and all(hit.other_strength for hit in hits)


def test_what_begins_with_the_digits_comes_first_while_one_types(listed):
    assert selectors.search_medicines("parafictol 50")[0].dci_label == "Parafictol 500 mg, comprimé"
    assert selectors.search_medicines("parafictol 100")[0].dci_label == "Parafictol 1000 mg, gélule"


def test_a_favourite_never_hides_the_strength_typed(listed):
    assert selectors.search_medicines("ramifictil 5", boost=["bdpm:1", "bdpm:13"])[0].key == "bdpm:10"


def test_a_strength_costs_one_query(listed, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert selectors.search_medicines("ramifictil 5")
    with django_assert_max_num_queries(8):
        assert selectors.search_medicines("ramifictil 7", boost=["bdpm:1"])


def test_medicines_imported_before_keep_their_strengths(listed):
    Word.objects.filter(word__startswith="=").delete()
    assert selectors.search_medicines("ramifictil 5")[0].other_strength
    import_module("serment.catalogues.migrations.0006_strength_words").index_strengths(apps, None)
    assert selectors.search_medicines("ramifictil 5")[0].key == "bdpm:10"
