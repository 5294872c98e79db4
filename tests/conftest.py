"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serment.journal import anchor
from tests import cabinet as cabinet_builder


@pytest.fixture(autouse=True)
def _nowhere(settings, tmp_path) -> Iterator[None]:
    """Each test starts outside of any practice, with a journal anchor of its own."""
    settings.JOURNAL_ANCHOR = tmp_path / "journal.anchor"
    yield
    leave_practice_quietly()
    anchor.forget()


def leave_practice_quietly() -> None:
    from serment.vault import tenancy

    tenancy._current.set(None)


@pytest.fixture
def cabinet(db) -> cabinet_builder.Cabinet:
    return cabinet_builder.build()
