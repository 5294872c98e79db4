"""What is due for a patient, gathered from their record: vaccines, screenings, monitoring. Five queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from serment.record import prevention, reminders, risks, selectors, tracks
from serment.record.prevention import Reminder
from serment.record.selectors import Item
from serment.vault.keyring import Keyring

NOTED = ("vaccination", "screening", "score")


@dataclass(frozen=True)
class Due:
    """``groups``: (title, reminders) in the order they are shown; ``noted``: what was done, by kind, newest first."""

    groups: list[tuple[str, list[Reminder]]]
    noted: dict[str, list[Item]]

    @property
    def late(self) -> list[Reminder]:
        """Those whose day has passed, the oldest first."""
        found = [reminder for _, reminders_ in self.groups for reminder in reminders_ if reminder.late]
        return sorted(found, key=lambda reminder: reminder.due_on)


def due(*, keyring: Keyring, patient_id: int, born: date, sex: str, today: date) -> Due:
    """Raises NoKey."""
    given: dict[str, Any] = {"keyring": keyring, "patient_id": patient_id}
    noted = selectors.of_kinds(**given, kinds=NOTED)
    standing = selectors.standing(**given)
    known = reminders.Known(
        problems=[item.content for item in standing.problems],  # type: ignore[misc]
        treatments=[item.content for item in standing.treatments],  # type: ignore[misc]
        screenings=[item.content for item in noted["screening"]],  # type: ignore[misc]
        tracks=tracks.of_patient(**given),
    )
    vaccinations: Any = [item.content for item in noted["vaccination"]]
    groups = [
        ("Vaccinations", prevention.vaccines_due(born, vaccinations, today, risks.of(standing, today))),
        ("Dépistages", reminders.screenings_due(born, sex, known.screenings, today)),
        ("Surveillance", reminders.monitoring_due(known, today)),
    ]
    return Due(groups, noted)
