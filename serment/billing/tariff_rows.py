"""The tariffs of a profession as a page shows them: each price with its days, its source and what it still asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from serment.billing.quote.tariffs import SOURCED, Row, Tariff, key_of
from serment.billing.tariff_book import book
from serment.catalogues import ccam_selectors as ccam

KINDS = {
    "act": "acte",
    "key": "lettre clé, à multiplier par le coefficient",
    "extra": "majoration ou indemnité",
    "km": "le kilomètre",
}


@dataclass(frozen=True)
class Dated:
    """One price. ``asks``: to be confirmed, and in force today. ``state``: current, future or past."""

    tariff: Tariff
    row: Row
    key: str
    state: str
    asks: bool
    confirmed: bool

    @property
    def kind(self) -> str:
        return KINDS[self.tariff.kind]


def of(profession: str, zone: str, today: dt.date, known: set[str]) -> list[Dated]:
    """Every row of the zone, newest first under each code: one query."""
    return [
        one
        for tariff in book(profession).of(profession)
        for one in _dated(tariff, zone=zone, today=today, known=known)
    ]


def _dated(tariff: Tariff, *, zone: str, today: dt.date, known: set[str]) -> list[Dated]:
    try:
        current = tariff.on(today, zone)
    except ValueError:
        current = None
    found = []
    for row in sorted(tariff.rows, key=lambda one: one.starts, reverse=True):
        if row.zone not in ("", zone):
            continue
        state = "current" if row is current else "future" if row.starts > today else "past"
        key, doubtful = key_of(tariff, row), row.confidence != SOURCED
        found.append(
            Dated(tariff, row, key, state, doubtful and state == "current" and key not in known, key in known)
        )
    return found


def ccam_release() -> str:
    """Which CCAM is loaded, in words."""
    run = ccam.release()
    if run is None:
        return "actes de départ seulement, à remplacer par les fichiers officiels (serment catalogue import ccam)"
    until = dt.date.fromisoformat(run.counts["dernier effet"])
    return f"{run.counts['actes']} actes importés le {run.at:%d/%m/%Y}, tarifs arrêtés au {until:%d/%m/%Y}"
