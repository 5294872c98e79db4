"""« vit d », « aspirine », « pilule »: a medicine is found by what people call it, in one search as before."""

from __future__ import annotations

import pytest

from serment.catalogues import bdpm, selectors, services, synonyms
from tests.catalogues.test_bdpm import SHARED
from tests.catalogues.test_wording import medicine


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("vit d", "vitd"),
        ("Vitamine D3 Bon", "vitd3 Bon"),
        ("vit b 12 gerda", "vitb12 gerda"),
        ("VIT. B-12", "vitb12"),
        ("vitD", "vitd"),
        ("vitamineb12", "vitb12"),
        ("vitamine", "vitamine"),
        ("vit c 500", "vitc 500"),
        ("vit d 200 000 UI", "vitd 200 000 UI"),
        ("vit pp", "vitpp"),
        ("vitb12", "vitb12"),
        ("vit de", "vit de"),
        ("vitavie", "vitavie"),
    ],
)
def test_a_vitamin_is_one_word(typed, read):
    assert synonyms.joined(typed) == read


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vit d", "Cholécalciférol 100 000 UI"),
        ("vitamine D3", "Cholécalciférol 100 000 UI"),
        ("vitd", "Cholécalciférol 100 000 UI"),
        ("colecalciferol", "Cholécalciférol 100 000 UI"),
        ("vit b12", "Cyanocobalamine"),
        ("vit b 12", "Cyanocobalamine"),
        ("vit d 100000", "Cholécalciférol 100 000 UI"),
        ("b12", "Cyanocobalamine"),
        ("vit b9", "Acide folique"),
        ("vit c", "Acide ascorbique"),
        ("fer", "Fer 80 mg"),
        ("aspirine", "Acide acétylsalicylique"),
        ("aspirine 75", "Acide acétylsalicylique 75 mg"),
        ("pilule", "Désogestrel"),
        ("lendemain", "Lévonorgestrel 1,5 mg"),
    ],
)
def test_what_people_call_it_finds_it(db, django_assert_max_num_queries, typed, first):
    services.load_starter()
    with django_assert_max_num_queries(6):
        found = selectors.search_medicines(typed)
    assert found and found[0].dci_label.startswith(first)


def test_the_pill_is_no_patch_no_treatment_of_the_menopause(db):
    def rows(form, *names):
        return synonyms.of_medicine([["", name, "SA", "", str(n)] for n, name in enumerate(names)], form)

    assert "pilule" in rows("comprimé pelliculé", "ÉTHINYLESTRADIOL", "LÉVONORGESTREL")
    assert "pilule" in rows("comprimés enrobés", "DROSPIRÉNONE")
    assert "pilule" not in rows("dispositif transdermique", "ÉTHINYLESTRADIOL")
    assert "pilule" not in rows("comprimé", "DROSPIRÉNONE", "ESTRADIOL HÉMIHYDRATÉ")
    assert "sterilet" in rows("système de diffusion", "LÉVONORGESTREL")
    assert "vitc" in rows("sirop", "ASCORBIQUE (ACIDE)") and not rows("sirop", "ACIDE CITRIQUE")
    assert not rows("gel", "TRÉTINOÏNE"), "retinol is another substance"


def test_what_it_is_alone_comes_before_what_holds_it_too(db):
    services.load_starter()
    labels = [hit.dci_label for hit in selectors.search_medicines("vit d3")]
    assert labels[0].startswith("Cholécalciférol") and labels[1].startswith("Carbonate de calcium + Chol")


def test_an_allergy_is_found_by_the_usual_word(db):
    services.load_starter()
    assert [name for _, name in selectors.search_substances("aspirine")] == ["ACIDE ACÉTYLSALICYLIQUE"]
    assert not selectors.search_substances("pilule"), "a word for a form is no substance's"


def test_the_same_files_are_indexed_again_when_the_words_have_changed(db, tmp_path, monkeypatch):
    (tmp_path / "CIS_bdpm.txt").write_text("x")
    before = bdpm.digest_of(tmp_path)
    monkeypatch.setattr(synonyms, "digest", lambda: "autre")
    assert bdpm.digest_of(tmp_path) != before


def test_a_brand_that_says_its_vitamin_is_found_by_it(db):
    rows = [medicine(1, "Poudre", "VITAMINE E FICTIVE 100 mg, capsule", substances=[])]
    services.index("m", services._medicine_words(rows, {"bdpm:1"}))
    assert list(selectors.targets("m", synonyms.joined("vit e fictive"))) == ["bdpm:1"]


@pytest.mark.skipif(
    not (SHARED / "clinical" / "bdpm").is_dir(), reason="fichiers réels de la BDPM absents de ../shared/data"
)
def test_the_real_files(db):
    services.import_bdpm(folder=SHARED / "clinical" / "bdpm")
    wanted = {
        "vit d": "calci",
        "vit b12": "cobalamin",
        "vit c": "ascorb",
        "fer": "fer ",
        "aspirine": "acétylsalicyl",
        "pilule": "comprimé",
        "hbpm": "parin",
        "sterilet": "lévonorgestrel",
    }
    for typed, part in wanted.items():
        found = selectors.search_medicines(typed)
        assert found and all(part in hit.dci_label.lower() for hit in found[:5]), typed
