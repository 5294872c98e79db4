"""Who prescribes: ``prescribing.write``, and a practitioner whose profession may prescribe medicines.

Rights by profession come with the prescribing depth; here only the medical professions prescribe.
"""

from __future__ import annotations

from typing import Any

from serment.practice.professions import PROFESSIONS


def may_prescribe(person: Any) -> bool:
    return bool(
        person.can("prescribing.write")
        and person.practitioner is not None
        and PROFESSIONS[person.practitioner.profession].medical
    )
