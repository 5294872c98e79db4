"""Kept paths say what `reverse` says."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from serment.vault.paths import path

CASES = [
    ("record:open", (7,)),
    ("record:add", (1 << 40, "allergy")),
    ("record:versions", ((1 << 62) + 5,)),
    ("site:home", ()),
    ("site:help_page", ("agenda",)),
]


@pytest.mark.parametrize(("name", "args"), CASES)
def test_same_as_reverse_twice(name, args):
    assert path(name, *args) == reverse(name, args=args) == path(name, *args)


def test_unknown_names_are_errors():
    with pytest.raises(NoReverseMatch):
        path("record:nowhere", 3)
