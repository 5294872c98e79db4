"""What keeps an ordonnance from being signed and that no reason passes over: said at its field. Pure."""

from __future__ import annotations

from typing import Any

LABELS = {
    "dose": "dose",
    "unit": "unité",
    "when": "quand",
    "duration": "durée",
    "renewals": "renouvellements",
    "ns": "substitution",
    "note": "précision",
    "boxes": "boîtes",
    "max_a_day": "au plus par jour",
    "per_kg": "mg/kg par prise",
    "max_dose": "plafond",
    "renal_below": "clairance limite",
    "renal_dose": "dose réduite",
}
"""Column of a line → its name in what the page says on top."""
Wrong = dict[int, dict[str, str]]


def first(wrong: Wrong) -> str:
    """What the page says on top: « Ligne 2, durée : un nombre entier, entre 1 et 365. »"""
    for place, columns in wrong.items():
        for column, text in columns.items():
            head = f"Ligne {place + 1}{f', {LABELS[column]}' if column in LABELS else ''}"
            return f"{head} : {text}."
    return ""


class Unsignable(ValueError):
    """French. ``wrong``: place of a line from 0 → column → what is wrong there; ``report``: the checks, where made."""

    def __init__(self, wrong: Wrong, report: Any = None) -> None:
        super().__init__(first(wrong))
        self.wrong, self.report = wrong, report
