"""What laboratories measured, over time: received values, one series for each examination and unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from serment.formats.folding import fold
from serment.record.kinds.result import Result, ResultValue


@dataclass
class Series:
    """One examination, in one unit, oldest first. ``low`` and ``high``: the bounds that came last with a value."""

    key: str
    label: str
    unit: str
    low: float | None = None
    high: float | None = None
    points: list[tuple[datetime, ResultValue]] = field(default_factory=list)


def key_of(value: ResultValue) -> str:
    """What makes two values comparable: the same LOINC code, else the same words, in the same unit."""
    return f"{value.loinc or fold(value.label)}|{fold(value.unit)}"


def moment_of(result: Result, received: datetime) -> datetime:
    """When it was made: noon of the laboratory's day, else when it was filed."""
    day: date | None = result.made_on
    return timezone.make_aware(datetime.combine(day, time(12))) if day else received


def series_of(results: Iterable[tuple[datetime, Result]]) -> list[Series]:
    """Numeric values of results (moment of filing, content): the most followed examinations first."""
    found: dict[str, Series] = {}
    dated = sorted(
        ((moment_of(result, received), result) for received, result in results), key=lambda x: x[0]
    )
    for when, result in dated:
        for value in result.values:
            if value.number is None:
                continue
            series = found.setdefault(key_of(value), Series(key_of(value), value.label, value.unit))
            series.points.append((when, value))
            if value.low is not None or value.high is not None:
                series.low, series.high = value.low, value.high
    return sorted(found.values(), key=lambda one: (-len(one.points), fold(one.label)))
