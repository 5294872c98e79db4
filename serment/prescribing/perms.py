"""Who prescribes: ``prescribing.write``, as a practitioner; what, their profession says (`rights`)."""

from __future__ import annotations

from typing import Any


def may_prescribe(person: Any) -> bool:
    return bool(person.can("prescribing.write") and person.practitioner is not None)
