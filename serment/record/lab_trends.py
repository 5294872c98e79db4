"""What laboratories measured, over time: received values, one series for what can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import itemgetter

from django.utils import timezone

from serment.formats.folding import fold
from serment.record import analytes, conversions
from serment.record.kinds.result import Result, ResultValue, moment_of_value


@dataclass
class Series:
    """One examination, oldest first; values keep the unit they came in. ``unit``, ``low``, ``high``: of the last ones.

    ``key`` is that of `conversions.group`.
    """

    key: tuple[str, str]
    label: str
    unit: str
    low: float | None = None
    high: float | None = None
    points: list[tuple[datetime, ResultValue]] = field(default_factory=list)


def key_of(value: ResultValue) -> tuple[str, str]:
    """(quantity, unit)"""
    return analytes.key_of(loinc=value.loinc, label=value.label, unit=value.unit, specimen=value.specimen)


def group_of(value: ResultValue) -> tuple[str, str]:
    """What makes two values comparable: the quantity, in one unit or in two that convert."""
    return conversions.group(key_of(value))


def moment_of(result: Result, received: datetime, value: ResultValue | None = None) -> datetime:
    """When it was taken: the value's own moment, else noon of its day or of the report's, else when it was filed."""
    if value is not None and value.has_hour:
        return moment_of_value(value)
    day: date | None = (value.day if value is not None else None) or result.made_on
    return timezone.make_aware(datetime.combine(day, time(12))) if day else received


def series_of(results: Iterable[tuple[datetime, Result]]) -> list[Series]:
    """Numeric values in force of results (moment of filing, content): the most followed examinations first.

    Of two values of one moment, the one filed last comes last.
    """
    found: dict[tuple[str, str], Series] = {}
    filed = sorted(results, key=itemgetter(0))
    dated = [
        (moment_of(result, received, value), value) for received, result in filed for value in result.values
    ]
    for when, value in sorted(dated, key=itemgetter(0)):
        if value.number is None or not value.in_force:
            continue
        group = group_of(value)
        series = found.setdefault(group, Series(group, value.label, ""))
        series.points.append((when, value))
        series.unit = key_of(value)[1]
        if value.low is not None or value.high is not None:
            series.low, series.high = value.low, value.high
    return sorted(found.values(), key=lambda one: (-len(one.points), fold(one.label)))
