"""« Tarifs »: what each code is worth, from when, by which source; the practitioner confirms what is doubtful."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.billing import confirmations, cotation, favourites, tariff_rows
from serment.billing.models import ActSet
from serment.journal import services as journal
from serment.practice.models import Practitioner

CCAM = ("medecin", "sage_femme", "chirurgien_dentiste")


@requires("billing.write")
@require_GET
def tariffs(request: Any) -> HttpResponse:
    """Every tariff of one's profession, with source, dates and confidence; favourites."""
    practitioner = _mine(request)
    rows = _rows(request, practitioner, confirmations.confirmed(practitioner))
    journal.record("billing.tariffs", details={"count": len(rows)})
    context = {
        "practitioner": practitioner,
        "rows": rows,
        "doubtful": sum(row.asks for row in rows),
        "favourites": favourites.of(practitioner),
        "may_confirm": request.person.practitioner_id == practitioner.pk,
        "release": tariff_rows.ccam_release() if practitioner.profession in CCAM else "",
        "zone": cotation.zone_of(request.practice),
    }
    return render(request, "billing/tariffs.html", context)


def _rows(request: Any, practitioner: Practitioner, known: set[str]) -> list[tariff_rows.Dated]:
    return tariff_rows.of(
        practitioner.profession, cotation.zone_of(request.practice), timezone.localdate(), known
    )


def _mine(request: Any) -> Practitioner:
    chosen: Practitioner | None = request.person.practitioner
    chosen = chosen or Practitioner.objects.filter(active=True).order_by("pk").first()
    if chosen is None:
        raise Http404
    return chosen


@requires("billing.write")
@require_POST
def confirm(request: Any) -> HttpResponse:
    """Take as one's own the rows ticked on the tariff page."""
    practitioner = _mine(request)
    known = {row.key for row in _rows(request, practitioner, set())}
    try:
        count = confirmations.confirm(
            author=request.person,
            practitioner=practitioner,
            keys=known & set(request.POST.getlist("confirm")),
        )
        messages.success(
            request, f"{count} tarif{'s' if count > 1 else ''} confirmé{'s' if count > 1 else ''}."
        )
    except confirmations.NotTheirs as refused:
        messages.error(request, str(refused))
    return redirect("billing:tariffs")


@requires("billing.write")
@require_POST
def delete_set(request: Any, set_id: int) -> HttpResponse:
    practitioner = _mine(request)
    kept = get_object_or_404(ActSet.objects, pk=set_id, practitioner=practitioner)
    favourites.delete(author=request.person, practitioner=practitioner, set_id=kept.pk)
    messages.success(request, "Favori supprimé.")
    return redirect("billing:tariffs")
