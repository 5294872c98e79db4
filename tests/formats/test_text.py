"""Texts as they are put on screen and on paper."""

from __future__ import annotations

import pytest

from serment.formats.text import sentence


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("mammographie, ACR2", "Mammographie, ACR2"),
        ("HTA traitée", "HTA traitée"),
        ("pH urinaire", "pH urinaire"),
        ("électrocardiogramme", "Électrocardiogramme"),
        ("", ""),
    ],
)
def test_a_sentence_has_its_first_capital_and_keeps_the_others(written, shown):
    assert sentence(written) == shown
