"""« Recettes »: the month and the year in figures, and their export."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.billing import asked, figures
from serment.billing.figures import MODES, Period
from serment.journal import services as journal
from serment.vault.domains import Domain


def _period(request: Any) -> Period:
    year = request.GET.get("annee", "")
    if year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100:
        return Period.year(int(year))
    return Period.month(asked.month(request.GET.get("mois", "")))


@requires("billing.till")
@require_GET
def page(request: Any) -> HttpResponse:
    """Receipts, delays, and with the billing key the mix of acts of the period."""
    accounts, period = asked.accounts(request, request.GET.get("praticien", "")), _period(request)
    found = figures.receipts(period, accounts.whose)
    delays = figures.delays(period, accounts.whose)
    context = accounts.context | {
        "period": period,
        "found": found,
        "modes": [(mode, MODES[mode]) for mode in found.by_mode],
        "rows": [
            (at, [held.get(mode, 0) for mode in found.by_mode], sum(held.values())) for at, held in found.rows
        ],
        "chart": _chart(period, found),
        "delays": delays,
        "slowest": max((delay.mean for delay in delays), default=0),
        "year": period.first.year,
        "years": range(timezone.localdate().year, timezone.localdate().year - 11, -1),
        "mix": figures.mix(keyring=request.keyring, period=period, whose=accounts.whose)
        if request.keyring.holds(Domain.BILLING)
        else None,
    }
    journal.record("billing.till", details={"what": "figures"})
    return render(request, "billing/figures.html", context)


def _chart(period: Period, found: figures.Receipts) -> dict[str, Any]:
    """Euros for the drawing; the exact cents are in the table beside it."""
    points = [[at.isoformat(), sum(held.values()) / 100] for at, held in found.rows]
    label = "Recettes du mois" if period.yearly else "Recettes du jour"
    margin = timedelta(days=16 if period.yearly else 1)
    window = [(period.first - margin).isoformat(), (period.after - timedelta(days=1)).isoformat()]
    return {"unit": "€", "window": window, "series": [{"label": label, "columns": True, "points": points}]}


@requires("billing.till")
@require_GET
def export(request: Any) -> StreamingHttpResponse:
    """The period's receipts as CSV."""
    accounts = asked.accounts(request, request.GET.get("praticien", ""))
    period = _period(request)
    journal.record("billing.exported", details={"first": str(period.first), "after": str(period.after)})
    lines = list(figures.table(period, accounts.whose))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"recettes-{period.first.year}" + ("" if period.yearly else f"-{period.first.month:02d}")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
