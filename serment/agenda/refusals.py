"""What the agenda's verbs refuse. Messages are French and name times and types, never a patient."""

from __future__ import annotations


class Refused(Exception):
    """What was asked cannot be done; the message says why."""


class SlotTaken(Refused):
    """Another appointment holds the slot: the database refused."""


class ChangedMeanwhile(Refused):
    """Someone else changed the appointment since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un d’autre a modifié ce rendez-vous entre-temps. Rien n’a été changé : regardez son état actuel."
        )
