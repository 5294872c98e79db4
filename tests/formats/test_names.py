"""Names: folding, prefixes, sounds, display, INS traits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import names
from serment.formats.errors import FormatError

letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20)


@given(st.text())
def test_fold_is_idempotent_and_plain(text):
    folded = names.fold(text)
    assert names.fold(folded) == folded
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ") and "  " not in folded


@given(st.lists(st.sampled_from(["Élise", "LE", "d'Arc", "Cœur", "Jean-Noël"]), min_size=1, max_size=4))
def test_words_do_not_depend_on_case_and_keep_their_order(parts):
    text = " ".join(parts)
    assert names.words(text) == names.words(text.upper()) == names.words(text.lower())
    assert sorted(names.words(text)) == sorted(names.words(" ".join(reversed(parts))))
    assert names.words(text) == [word for part in parts for word in names.words(part)]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Jean-François  D’Œillet", "jean francois d oeillet"),
        ("ÇELIK Þ", "celik"),
        ("Lætitia STRAẞE", "laetitia strasse"),
        ("N\u0303guye\u0302n", "nguyen"),
        ("  ", ""),
    ],
)
def test_fold(typed, folded):
    assert names.fold(typed) == folded


@given(letters)
def test_whatever_is_typed_of_a_word_asks_for_an_indexed_prefix(word):
    indexed = names.prefixes(word)
    assert word in indexed
    for length in range(2, len(word) + 1):
        asked = names.query_prefix(word[:length])
        assert asked in indexed and word.startswith(asked)


def test_prefix_lengths():
    assert names.prefixes("dupont") == {"du", "dup", "dupo", "dupont"}
    assert names.prefixes("le") == {"le"} and names.prefixes("") == set()
    assert [names.query_prefix(w) for w in ("d", "du", "dupon", "dupontel")] == ["d", "du", "dupo", "dupont"]


def test_glued_names_are_indexed():
    assert names.index_words("D’Arc") == ["d", "arc", "darc"]
    assert names.index_words("Martin") == ["martin"]


@pytest.mark.parametrize(
    "same",
    [
        "Lefebvre Lefèvre Lefebure Lefébure",
        "Philippe Filipe Philip",
        "Thibault Thibaud Thibaut Tibo",
        "Durand Durant",
        "Schmitt Schmidt Schmit",
        "Gauthier Gautier",
        "Mathieu Matthieu Mathieux",
        "Hélène Elaine",
        "Dupont Dupond",
        "Renault Renaud Reynaud",
        "Catherine Katherine Cathrine",
        "Jacques Jack",
        "Christian Kristian",
        "Françoise Fransoise",
        "Blanc Blan",
        "Champ Chant",
    ],
)
def test_spellings_of_one_sound_meet(same):
    assert len({names.phonetic(word) for word in same.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Martin", "Morvan"),
        ("Bernard", "Besnier"),
        ("Petit", "Perrin"),
        ("Leroy", "Laval"),
        ("Martin", "Martine"),
        ("Louis", "Louise"),
        ("Moreau", "Morel"),
        ("Simon", "Simone"),
    ],
)
def test_different_names_stay_apart(one, other):
    assert names.phonetic(one) != names.phonetic(other)


@given(st.text(max_size=30))
def test_a_phonetic_key_is_short_and_plain(text):
    key = names.phonetic(text)
    assert len(key) <= 8 and set(key) <= set("ABCDEFGHIJKLMNOPRSTUVZ234")


@given(letters)
def test_a_phonetic_key_does_not_depend_on_case(word):
    assert names.phonetic(word) == names.phonetic(word.upper()) != ""


def test_display():
    assert names.display_name("lefèvre", "JEAN-rené") == "LEFÈVRE JEAN-rené"
    assert names.display_name("lefèvre d’ormesson", "jean-rené") == "LEFÈVRE D’ORMESSON Jean-René"
    assert names.display_name(" Martin ", "ÉLISE") == "MARTIN Élise"
    assert names.display_name("Martin", "") == "MARTIN"


def test_ins_traits():
    assert names.ins_trait("Cœur d’Élise–Anne") == "COEUR D'ELISE-ANNE"
    assert names.ins_trait(names.ins_trait("Ça  va")) == "CA VA"
    for wrong in ("", "  ", "R2D2", "--", "Ann@"):
        with pytest.raises(FormatError):
            names.ins_trait(wrong)
