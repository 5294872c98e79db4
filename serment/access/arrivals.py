"""What the rooms above do when someone has just signed in with both factors: their keys are there, briefly.

Each is bounded (a fraction of a second) and does its share of a longer work: the next arrival goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from serment.access.models import Person
from serment.vault.keyring import Keyring

_log = logging.getLogger(__name__)
_known: list[Callable[[Person, Keyring], Any]] = []


def register(work: Callable[[Person, Keyring], Any]) -> None:
    if work not in _known:
        _known.append(work)


def welcome(person: Person, keyring: Keyring) -> None:
    """Do what waits for these keys. A failure is logged by its kind alone, and never keeps anyone out."""
    for work in _known:
        try:
            work(person, keyring)
        except Exception as error:
            _log.error("arrival: %s failed: %s", work.__module__, type(error).__name__)
