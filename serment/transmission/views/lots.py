"""A departure: sheets put in lots and sent, step by step, its progress read from the rows: a reload changes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.transmission import lots, sending
from serment.transmission.insured import Refused
from serment.transmission.models import Lot
from serment.transmission.views.board import nature, whose

LISTED = 40


def _context(request: Any, running: bool = False, trouble: str = "") -> dict[str, Any]:
    own = whose(request)
    rows = Lot.objects.select_related("practitioner").order_by("-number")
    if own:
        rows = rows.filter(practitioner_id=own)
    found = sending.progress(own)
    due = sending.due(own).exists() or found.to_lot
    return {
        "progress": found,
        "running": bool(running and due),
        "trouble": trouble,
        "lots": list(rows[:LISTED]),
        **nature(request),
    }


@requires("billing.write")
@require_GET
def departure(request: Any) -> HttpResponse:
    journal.record("fse.viewed", details={"what": "lots"})
    return render(request, "transmission/departure.html", _context(request))


@requires("billing.write")
@require_POST
def step(request: Any) -> HttpResponse:
    """One bounded step. A page that asks for the fragment goes on by itself until nothing is left."""
    trouble, goes_on = "", False
    try:
        goes_on = sending.step(keyring=request.keyring, author=request.person, practice=request.practice)
    except Refused as error:
        trouble = str(error)
        goes_on = "prochain essai" in trouble or "Le lot est gardé" in trouble
    if request.headers.get("HX-Request"):
        context = _context(request, running=goes_on, trouble=trouble)
        return render(request, "transmission/progress.html", context)
    if trouble:
        messages.error(request, trouble)
    return redirect("transmission:departure")


@requires("billing.write")
@require_POST
def send(request: Any, lot_id: int) -> HttpResponse:
    """Send one lot now, whatever its next try."""
    row = get_object_or_404(Lot.objects.all(), pk=lot_id)
    try:
        sending.send(keyring=request.keyring, author=request.person, practice=request.practice, lot_id=row.pk)
        messages.success(request, f"Lot {row.number} envoyé.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:departure")


@requires("billing.write")
@require_POST
def undo(request: Any, lot_id: int) -> HttpResponse:
    row = get_object_or_404(Lot.objects.all(), pk=lot_id)
    try:
        lots.undo(author=request.person, lot_id=row.pk)
        messages.success(request, f"Lot {row.number} défait\u00a0: ses feuilles attendent de nouveau.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:departure")
