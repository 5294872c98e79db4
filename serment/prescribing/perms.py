"""Who prescribes: ``prescribing.write``, and a practitioner whose profession has a right at all (`rights`)."""

from __future__ import annotations

from typing import Any

from serment.prescribing import rights


def may_prescribe(person: Any) -> bool:
    return bool(
        person.can("prescribing.write")
        and person.practitioner is not None
        and rights.of(person.practitioner.profession).kinds
    )
