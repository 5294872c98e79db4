"""A pregnancy on a given day: its age in completed weeks since the last menses (SA), what is done and when. Pure.

The follow-up is dated data (`data/pregnancy_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from serment.record.gestation import rules
from serment.record.kinds.pregnancy import Pregnancy

MONTHS = 9


def age_text(pregnancy: Pregnancy, on: date) -> str:
    """« 24 SA + 3 j »; empty before the pregnancy and past 45 weeks."""
    days = (on - pregnancy.origin).days
    if not 0 <= days < 45 * 7:
        return ""
    weeks, rest = divmod(days, 7)
    return f"{weeks}\u00a0SA" + (f"\u00a0+\u00a0{rest}\u00a0j" if rest else "")


def month_on(pregnancy: Pregnancy, on: date) -> int:
    """The month of pregnancy under way, 1 to 9 (counted from its beginning)."""
    began = pregnancy.origin + timedelta(weeks=rules()["began_weeks"])
    months = (on.year - began.year) * 12 + on.month - began.month - (on.day < began.day)
    return min(MONTHS, max(1, months + 1))


@dataclass(frozen=True)
class Step:
    """``state``: "past", "now" or "later" on the day asked."""

    label: str
    first: date
    last: date
    weeks: str
    source: str
    state: str


def steps(pregnancy: Pregnancy, today: date) -> list[Step]:
    """What the follow-up foresees, in order of time; the monthly examinations from the fourth month among them."""
    start = pregnancy.origin
    found = [
        _step(start, rule["label"], rule["from_weeks"], rule["to_weeks"], rule["source"], today)
        for rule in rules()["step"]
    ]
    began = rules()["began_weeks"]
    for month in range(4, MONTHS + 1):
        first = began + (month - 1) * 30.4375 / 7
        label = f"examen du {month}e mois"
        found.append(_step(start, label, first, first + 4.2, "un par mois, R.2122-1 CSP", today))
    return sorted(found, key=lambda step: (step.first, step.label))


def _step(start: date, label: str, low: float, high: float, source: str, today: date) -> Step:
    first, last = start + timedelta(days=round(low * 7)), start + timedelta(days=round(high * 7))
    state = "past" if last < today else "later" if first > today else "now"
    return Step(label, first, last, f"{low:.0f} à {int(high)}\u00a0SA", source, state)


def by_state(found: list[Step]) -> dict[str, list[Step]]:
    """« now » (what ends soonest first), « later » and « past » (the last first)."""
    return {
        "now": sorted(
            (step for step in found if step.state == "now"), key=lambda step: (step.last, step.label)
        ),
        "later": [step for step in found if step.state == "later"],
        "past": [step for step in reversed(found) if step.state == "past"],
    }
