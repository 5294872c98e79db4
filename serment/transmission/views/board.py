"""The board: to sign, to send, sent, to treat, paid; and the gestures on many sheets at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.transmission import deadlines, engines, selectors, signing, treating

SHOWN_REASONS = 6


def counted(count: int, one: str, many: str) -> str:
    return f"{count} {many if count > 1 else one}"


def whose(request: Any) -> int | None:
    """A practitioner sees their own; who helps them all sees all, or the one they choose."""
    if request.person.practitioner_id:
        return int(request.person.practitioner_id)
    chosen = request.GET.get("praticien", "")
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 18:
        return None
    row = Practitioner.objects.filter(pk=int(chosen)).first()
    return row.pk if row else None


def nature(request: Any) -> dict[str, Any]:
    """What every page of the room says of itself: by what engine, and whether it is a simulator."""
    kind = engines.kind(request.practice)
    return {"engine": kind, "engine_label": engines.LABELS[kind], "simulated": kind == engines.SIMULATOR}


@requires("billing.write")
@require_GET
def board(request: Any) -> HttpResponse:
    """Five columns; a constant number of queries."""
    own = whose(request)
    columns = selectors.board(keyring=request.keyring, practice=request.practice, practitioner_id=own)
    context = {
        "columns": columns,
        "near": deadlines.watch(request.practice, own),
        "practitioner_id": own,
        "practitioners": []
        if request.person.practitioner_id
        else list(Practitioner.objects.filter(active=True).order_by("pk")),
        **nature(request),
    }
    journal.record("fse.viewed", details={"count": sum(column.count for column in columns)})
    return render(request, "transmission/board.html", context)


@requires("billing.write")
@require_POST
def sign(request: Any) -> HttpResponse:
    """Sign all that may be signed here; the others say why."""
    if engines.kind(request.practice) == engines.PAPER:
        messages.error(
            request,
            "Aucun moteur homologué n’est raccordé\u00a0: ouvrez chaque feuille et imprimez-la sur papier.",
        )
        return redirect("transmission:board")
    done = signing.sign_all(keyring=request.keyring, author=request.person, practice=request.practice)
    said = counted(done.count, "feuille signée", "feuilles signées")
    messages.success(request, f"{said}{' (simulateur)' if request.practice.is_demo else ''}.")
    for number, why in done.left[:SHOWN_REASONS]:
        messages.error(request, f"Facture {number}\u00a0: {why}")
    return redirect("transmission:board")


@requires("billing.write")
@require_POST
def close_paid(request: Any) -> HttpResponse:
    """Put away what was paid before today."""
    count = treating.close_paid(author=request.person)
    said = counted(count, "feuille payée classée", "feuilles payées classées") if count else "Rien à classer"
    messages.success(request, f"{said}\u00a0: celles d’aujourd’hui restent jusqu’à demain.")
    return redirect("transmission:board")


__all__ = ["board", "close_paid", "counted", "nature", "sign", "whose"]
