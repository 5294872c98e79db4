"""A pregnancy on a given day: its age in completed weeks since the last menses (SA), what is done and when. Pure.

The follow-up is dated data (`data/pregnancy_2026.toml`), « à vérifier ».
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from serment.record import gestation, pregnancy_traces
from serment.record.gestation import MONTHS, rules
from serment.record.kinds.pregnancy import Pregnancy, StepMark
from serment.record.pregnancy_traces import Fact


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
    """``state``: "past", "now" or "later" on the day asked. ``trace``: what the record holds that shows it done.

    ``mark``: what a practitioner said of it. ``again``: it comes back, and its last trace is too old.
    """

    key: str
    label: str
    first: date
    last: date
    weeks: str
    source: str
    state: str
    trace: Fact | None = None
    mark: StepMark | None = None
    again: bool = False

    @property
    def done(self) -> bool:
        return self.mark is not None or (self.trace is not None and not self.again)


def steps(pregnancy: Pregnancy, today: date, facts: Iterable[Fact] = ()) -> list[Step]:
    """What the follow-up foresees, in order of time; the monthly examinations from the fourth month among them."""
    facts = list(facts)
    marks = {mark.step: mark for mark in pregnancy.marks}
    began = rules()["began_weeks"]
    wanted = list(rules()["step"])
    for month in range(gestation.FIRST_MONTHLY, MONTHS + 1):
        key = f"{gestation.MONTHLY}{month}"
        first = began + (month - 1) * 30.4375 / 7
        span = {"from_weeks": first, "to_weeks": first + 4.2}
        said = {"key": key, "label": gestation.step_label(key), "source": "un par mois, R.2122-1 CSP"}
        wanted.append({**said, **span, "visit": True})
    found = [_step(pregnancy.origin, rule, marks.get(rule["key"]), facts, today) for rule in wanted]
    return sorted(found, key=lambda step: (step.first, step.label))


def _step(start: date, rule: dict[str, Any], mark: StepMark | None, facts: list[Fact], today: date) -> Step:
    low, high = rule["from_weeks"], rule["to_weeks"]
    first, last = start + timedelta(days=round(low * 7)), start + timedelta(days=round(high * 7))
    state = "past" if last < today else "later" if first > today else "now"
    trace = pregnancy_traces.of_step(rule, start, first, last, facts, today)
    every = rule.get("every_days")
    if every and mark and mark.way != "unwanted" and (mark.on is None or (today - mark.on).days > every):
        mark = None  # it was due again
    return Step(
        key=rule["key"],
        label=rule["label"],
        first=first,
        last=last,
        weeks=f"{low:.0f} à {int(high)}\u00a0SA",
        source=rule["source"],
        state=state,
        trace=trace,
        mark=mark,
        again=bool(every and trace and (today - trace.day).days > every),
    )


def by_state(found: list[Step]) -> dict[str, list[Step]]:
    """« now » (what ends soonest first), « ask » (past, no trace of it), « later », and « done » (the last first)."""
    left = [step for step in found if not step.done]
    return {
        "now": sorted(
            (step for step in left if step.state == "now"), key=lambda step: (step.last, step.label)
        ),
        "ask": [step for step in reversed(left) if step.state == "past"],
        "later": [step for step in left if step.state == "later"],
        "done": [step for step in reversed(found) if step.done],
    }
