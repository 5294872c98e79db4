"""Postal and INSEE codes."""

from __future__ import annotations

import pytest

from serment.formats import postal
from serment.formats.errors import FormatError


@pytest.mark.parametrize(
    ("typed", "code", "department"),
    [
        ("35 000", "35000", "35"),
        ("01000", "01000", "01"),
        ("20000", "20000", "2A"),
        ("20137", "20137", "2A"),
        ("20200", "20200", "2B"),
        ("20620", "20620", "2B"),
        ("97400", "97400", "974"),
        ("98800", "98800", "988"),
        ("98000", "98000", "99"),
    ],
)
def test_postal_codes(typed, code, department):
    assert postal.parse_postal_code(typed) == code
    assert postal.department_of_postal_code(code) == department


@pytest.mark.parametrize(
    "typed", ["", "3500", "350000", "00100", "96000", "97900", "98100", "99000", "2A000", "٣5000"]
)
def test_wrong_postal_codes(typed):
    with pytest.raises(FormatError, match="code postal"):
        postal.parse_postal_code(typed)


@pytest.mark.parametrize(
    ("typed", "code", "department"),
    [
        ("35238", "35238", "35"),
        ("2a004", "2A004", "2A"),
        ("2B033", "2B033", "2B"),
        ("20004", "20004", "20"),
        ("97411", "97411", "974"),
        ("99109", "99109", "99"),
    ],
)
def test_commune_codes(typed, code, department):
    assert postal.parse_commune_code(typed) == code
    assert postal.department_of_commune(code) == department
    assert postal.is_abroad(code) is (department == "99")


@pytest.mark.parametrize("typed", ["", "3523", "2C004", "00001", "96001", "352388", "A2004"])
def test_wrong_commune_codes(typed):
    with pytest.raises(FormatError, match="code INSEE"):
        postal.parse_commune_code(typed)
