"""Kilometres: the rebate of each way, and the daily ceiling past which they count for half, then for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from serment.billing.quote.situation import Act
from serment.billing.quote.tariffs import Tariff

SOURCE = "NGAP, article 13 : abattement de 4 km aller et retour en plaine, 2 km en montagne (à vérifier)"
CEILING = "plafond journalier : moitié dès 300 km, rien dès 400 km (source secondaire, à vérifier)"


@dataclass(frozen=True)
class Travel:
    """``counted`` kilometres, of which ``full`` in full and ``half`` at half; ``cents`` for all; why."""

    counted: int
    full: int
    half: int
    cents: int
    rule: str
    source: str


def price(act: Act, tariff: Tariff, unit_cents: int, km_today: int) -> Travel:
    """What the kilometres of an act are worth, after ``km_today`` already counted that day."""
    rebated = act.km is not None
    counted = max(0, (act.km or 0) - tariff.free_km) if rebated else act.quantity
    full, half = counted, 0
    rules, sources = [], []
    if rebated:
        rules.append(f"{act.km} km aller et retour, {counted} comptés")
        sources.append(SOURCE)
    if tariff.half_from and km_today + counted >= tariff.half_from:
        below_half = max(0, tariff.half_from - 1 - km_today)
        below_none = max(0, tariff.none_from - 1 - km_today) if tariff.none_from else counted
        full = min(counted, below_half)
        half = min(counted, below_none) - full
        rules.append(
            f"plafond du jour : {full} en entier, {half} à moitié, {counted - full - half} non comptés"
        )
        sources.append(CEILING)
    exact = Decimal(unit_cents) * (Decimal(full) + Decimal(half) / 2)
    cents = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Travel(counted, full, half, cents, " ; ".join(rules), " ; ".join(sources))
