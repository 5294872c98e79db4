"""Read the CCAM: search, acts and dated prices by code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from serment.catalogues import ccam
from serment.catalogues.models import CcamAct, CcamLabel, CcamPrice, ImportRun
from serment.catalogues.runs import newest
from serment.catalogues.selectors import targets
from serment.formats.names import fold, words


def search(query: str, day: date, limit: int = 20) -> list[CcamAct]:
    """Acts in force whose code or label has these words; two or three queries."""
    found = CcamAct.objects.filter(code__in=targets("c", query, enough=limit), starts_on__lte=day)
    rows = found.filter(Q(ends_on=None) | Q(ends_on__gte=day))
    typed = words(query) or [""]
    return sorted(rows, key=lambda a: (not fold(a.label).startswith(typed[0]), len(a.label), a.code))[:limit]


def acts(codes: Iterable[str]) -> dict[str, ccam.Act]:
    """CCAM acts by code, one query."""
    return {
        row.code: ccam.Act(
            code=row.code,
            label=row.label,
            kind=row.kind,
            sex=row.sex,
            starts=row.starts_on,
            ends=row.ends_on,
            excludes=row.excludes,
            conditions=row.conditions,
            groups=row.groups,
        )
        for row in CcamAct.objects.filter(code__in=list(codes))
    }


def prices(codes: Iterable[str]) -> list[ccam.Price]:
    """Every dated price of these acts, one query."""
    rows = CcamPrice.objects.filter(code__in=list(codes)).order_by("code", "starts_on")
    return [
        ccam.Price(row.code, row.activity, row.phase, row.starts_on, row.published_on, ccam.unpack(row.grids))
        for row in rows
    ]


def labels(kind: str) -> dict[str, str]:
    """Code → words of the modifiers, grids or groupings, one query."""
    return dict(CcamLabel.objects.filter(kind=kind).values_list("code", "label"))


def release() -> ImportRun | None:
    """The last import of the CCAM; none where only the starter is there."""
    return newest("ccam")
