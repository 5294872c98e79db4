"""The book of this installation: what ships with the source under the tariffs and the CCAM that were imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import CharField

from serment.billing.quote.book import Book, shipped
from serment.billing.quote.situation import CCAM_CODE
from serment.billing.quote.tariffs import Row, Tariff, tariffs
from serment.catalogues import ccam_selectors as ccam
from serment.catalogues.models import Tariff as Imported
from serment.vault.prepared import Prepared, Slot

_IMPORTED = Prepared(lambda: Imported.objects.filter(profession=Slot("profession", CharField())))


def book(profession: str, codes: Iterable[str] = ()) -> Book:
    """Prices for one profession and these codes: one query, three more where a CCAM act is among them."""
    found = dict(tariffs())
    for key, rows in _by_code(_IMPORTED.all(profession=profession)).items():
        found[key] = overlaid(found.get(key), rows)
    wanted = {code for code in codes if CCAM_CODE.fullmatch(code)}
    if not wanted:
        return Book(found)
    release = ccam.release()
    if release is None:
        return Book(found, shipped().acts, shipped().prices, shipped().ccam_source, shipped().ccam_until)
    prices: dict[str, Any] = {}
    for price in ccam.prices(wanted):
        prices.setdefault(price.code, []).append(price)
    until = date.fromisoformat(release.counts["dernier effet"])
    source = f"CCAM importée le {release.at:%d/%m/%Y}, arrêtée au {until:%d/%m/%Y}"
    return Book(found, ccam.acts(wanted), prices, source, until)


def _by_code(rows: Iterable[Imported]) -> dict[tuple[str, str], list[Imported]]:
    found: dict[tuple[str, str], list[Imported]] = {}
    for row in rows:
        found.setdefault((row.profession, row.code), []).append(row)
    return found


def overlaid(shipped_one: Tariff | None, rows: list[Imported]) -> Tariff:
    """An imported row replaces the shipped one of the same zone and day; the newest says label and conditions."""
    last = max(rows, key=lambda row: (row.starts_on, row.pk))
    imported = {(row.zone, row.starts_on): row_of(row) for row in rows}
    kept = [
        row for row in (shipped_one.rows if shipped_one else ()) if (row.zone, row.starts) not in imported
    ]
    return Tariff.model_validate(
        {
            **last.conditions,
            "profession": last.profession,
            "code": last.code,
            "label": last.label,
            "kind": last.kind,
            "rows": [*kept, *imported.values()],
        }
    )


def row_of(row: Imported) -> Row:
    return Row.model_validate(
        {
            "from": row.starts_on,
            "to": row.ends_on,
            "cents": row.amount_cents,
            "zone": row.zone,
            "source": row.source,
            "confidence": row.confidence,
        }
    )
