"""Returns of the funds: fetched, read, and the queue of what fits nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.transmission import returns
from serment.transmission.insured import Refused
from serment.transmission.models import Return, ReturnLine
from serment.transmission.views.board import counted, nature

LISTED = 40


@requires("billing.write")
@require_GET
def listing(request: Any) -> HttpResponse:
    """Three queries."""
    context = {
        "returns": list(Return.objects.order_by("-received_at")[:LISTED]),
        "lines": returns.to_treat(request.person.practitioner_id),
        "how": returns.HOW,
        "keeper": returns.may_keep(request.person),
        **nature(request),
    }
    journal.record("fse.viewed", details={"what": "returns"})
    return render(request, "transmission/returns.html", context)


@requires("billing.write")
@require_POST
def fetch(request: Any) -> HttpResponse:
    try:
        found = returns.fetch(keyring=request.keyring, author=request.person, practice=request.practice)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("transmission:returns")
    simulated = " (simulateur)" if request.practice.is_demo else ""
    messages.success(request, f"{counted(len(found), 'retour lu', 'retours lus')}{simulated}.")
    for row in found:
        if row.trouble:
            messages.error(request, f"Un retour ne se lit pas, il est gardé\u00a0: {row.trouble}")
    return redirect("transmission:returns")


@requires("billing.write")
@require_POST
def attach(request: Any, line_id: int) -> HttpResponse:
    row = get_object_or_404(ReturnLine.objects.all(), pk=line_id)
    try:
        returns.attach(
            keyring=request.keyring,
            author=request.person,
            line_id=row.pk,
            number=request.POST.get("facture", "")[:16],
        )
        messages.success(request, "Ligne rattachée à la facture.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:returns")


@requires("billing.write")
@require_POST
def dismiss(request: Any, line_id: int) -> HttpResponse:
    row = get_object_or_404(ReturnLine.objects.all(), pk=line_id)
    try:
        returns.dismiss(author=request.person, line_id=row.pk, how=request.POST.get("suite", ""))
        messages.success(request, "Ligne classée.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:returns")


@requires("billing.write")
@require_POST
def dismiss_file(request: Any, return_id: int) -> HttpResponse:
    row = get_object_or_404(Return.objects.all(), pk=return_id)
    try:
        returns.dismiss_file(author=request.person, return_id=row.pk)
        messages.success(request, "Fichier classé. Il reste scellé jusqu’au bout de ses trois mois.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:returns")
