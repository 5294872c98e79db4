"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from serment.journal import anchor
from serment.privacy import watch
from tests import cabinet as cabinet_builder
from tests.template import Template

practice = Template(cabinet_builder.build)

# How long a draw takes says how busy the machine is, not whether the program is right.
hypothesis_settings.register_profile(
    "serment",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("serment")


@pytest.fixture(autouse=True)
def _nowhere(settings, tmp_path) -> Iterator[None]:
    """Each test starts outside of any practice, with a journal anchor of its own."""
    settings.JOURNAL_ANCHOR = tmp_path / "journal.anchor"
    yield
    leave_practice_quietly()
    anchor.forget()
    watch.forget_recent()


def leave_practice_quietly() -> None:
    from serment.vault import tenancy

    tenancy._current.set(None)


@pytest.fixture(autouse=True)
def _see_every_practice(request, monkeypatch) -> None:
    """On PostgreSQL a test looks at rows from outside of any practice; the program itself never may.

    Inside a practice the row policies stay as they are; `tests/vault/test_tenancy.py` tests them without this.
    """
    from serment.vault import tenancy

    if "strict_rows" in request.keywords:
        return
    tell = tenancy._tell_database
    monkeypatch.setattr(tenancy, "_tell_database", lambda value: tell(value or tenancy.ALL))


@pytest.fixture
def cabinet(db) -> cabinet_builder.Cabinet:
    from serment.vault import tenancy

    tenancy._tell_database("")
    return practice.lay()


@pytest.fixture(autouse=True)
def _media_of_the_test(settings, tmp_path) -> None:
    """Archives and backups of a test go to its own folder."""
    settings.ARCHIVE_DIR = tmp_path / "archives"
    settings.BACKUP_DIR = tmp_path / "backups"
