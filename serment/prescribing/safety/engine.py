"""All checks of an ordonnance, the gravest first; and, as plainly, what is not covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from serment.prescribing.safety import allergies, conditions, duplicates, interactions
from serment.prescribing.safety.facts import Alert, Item, PatientFacts

NEVER = (
    "contre-indications par problème de santé",
    "grossesse et allaitement, hors conditions de la BDPM",
    "fonction rénale et doses maximales",
    "conduite automobile",
)
"""No open data exist for these in this version: they are never shown as safe."""


@dataclass(frozen=True)
class Report:
    """``uncovered``: (place, label, what) for each new line that some check could not look at."""

    alerts: list[Alert]
    uncovered: list[tuple[int, str, str]] = field(default_factory=list)
    never: tuple[str, ...] = NEVER
    source: str = ""
    lines: int = 0

    @property
    def blocking(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.blocking]

    @property
    def coverage(self) -> str:
        """« Interactions : 3 lignes vérifiées sur 4 (thésaurus de l’ANSM, édition 2020-10) »"""
        missing = len({place for place, _, what in self.uncovered if what == "interactions"})
        return f"Interactions : {self.lines - missing} lignes vérifiées sur {self.lines} ({self.source})"

    def as_json(self) -> dict[str, Any]:
        """What `serment prescribing check` prints."""
        return {
            "alerts": [
                {
                    "kind": alert.kind,
                    "level": alert.level,
                    "lines": list(alert.places),
                    "title": alert.title,
                    "mechanism": alert.text,
                    "condition": alert.condition,
                    "source": alert.source,
                    "aims_only_at": list(alert.only),
                    "needs_reason": alert.blocking,
                }
                for alert in self.alerts
            ],
            "not_covered": {
                "lines": [
                    {"line": place, "label": label, "check": what} for place, label, what in self.uncovered
                ],
                "always": list(self.never),
            },
            "coverage": self.coverage,
        }


def review(items: Sequence[Item], patient: PatientFacts) -> Report:
    """Check new lines among themselves and with the running treatments: three queries."""
    found, unknown, source = interactions.check(items)
    found += allergies.check(items, patient.allergies)
    found += duplicates.check(items)
    found += conditions.check(items, patient)
    new = [item for item in items if not item.running]
    uncovered = [(item.place, item.label, "interactions") for item in new if item.place in unknown]
    if patient.allergies:
        uncovered += [
            (item.place, item.label, "allergies par classe") for item in new if not item.medicine.atc
        ]
    return Report(
        alerts=sorted(found, key=lambda alert: (not alert.blocking, -alert.rank, alert.places, alert.title)),
        uncovered=uncovered,
        source=source,
        lines=len(new),
    )
