"""A birth place typed by name suggests communes with their INSEE code."""

from __future__ import annotations

from serment.catalogues.services import load_starter
from serment.patients import places


def test_a_name_suggests_a_code_and_a_code_suggests_nothing(db):
    load_starter()
    assert ("35238", "Rennes") in places.birth_places("Rennes")
    assert places.birth_places("35238") == []
