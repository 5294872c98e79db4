"""The board: to sign, to send, sent, to treat, paid. It says everywhere that it is a simulator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.selectors import names_of
from serment.transmission import services, states
from serment.transmission.models import Lot, Return, Sheet

COLUMNS = (
    ("signed", "À envoyer", ("signed", "in_lot")),
    ("sent", "Envoyées", ("sent", "acknowledged")),
    ("treat", "À traiter", ("rejected", "part_paid")),
    ("paid", "Payées", ("paid",)),
)
SHOWN = 60


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {many if count > 1 else one}"


@requires("billing.write")
@require_GET
def board(request: Any) -> HttpResponse:
    """Five columns and the lots; a constant number of queries."""
    unsigned = services.unsigned(SHOWN)
    sheets = list(
        Sheet.objects.select_related("claim", "lot").exclude(state="closed").order_by("-updated_at")[:400]
    )
    ids = {claim.patient_id for claim in unsigned} | {sheet.claim.patient_id for sheet in sheets}
    names = names_of(keyring=request.keyring, patient_ids=ids)
    context = {
        "unsigned": [(claim, names.get(claim.patient_id)) for claim in unsigned],
        "columns": [
            (
                title,
                [
                    (s, names.get(s.claim.patient_id), states.LABELS[s.state])
                    for s in sheets
                    if s.state in held
                ][:SHOWN],
            )
            for _, title, held in COLUMNS
        ],
        "lots": Lot.objects.order_by("-number")[:20],
        "returns": Return.objects.order_by("-received_at")[:20],
        "late": services.late(),
        "engine": request.practice.is_demo,
        "today": timezone.localdate(),
    }
    journal.record("fse.viewed", details={"count": len(sheets)})
    return render(request, "transmission/board.html", context)


@requires("billing.write")
@require_POST
def sign(request: Any) -> HttpResponse:
    try:
        services.require_engine(request.person)
    except services.Refused as error:
        messages.error(request, str(error))
        return redirect("transmission:board")
    done = services.sign_all(keyring=request.keyring, author=request.person)
    messages.success(request, f"{_counted(done.count, 'feuille signée', 'feuilles signées')} (simulateur).")
    for number, why in done.left[:6]:
        messages.error(request, f"Facture {number} : {why}")
    return redirect("transmission:board")


@requires("billing.write")
@require_POST
def send(request: Any) -> HttpResponse:
    """Put in lots what is signed, then send every lot that is not yet acknowledged."""
    given = {"keyring": request.keyring, "author": request.person}
    try:
        services.prepare(**given, practice=request.practice)
        lots = list(Lot.objects.exclude(state=Lot.State.ACKNOWLEDGED).order_by("number"))
        for lot in lots:
            services.send(**given, lot_id=lot.pk)
        messages.success(request, f"{_counted(len(lots), 'lot envoyé', 'lots envoyés')} (simulateur).")
    except services.Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:board")


@requires("billing.write")
@require_POST
def fetch(request: Any) -> HttpResponse:
    try:
        found = services.fetch(keyring=request.keyring, author=request.person)
    except services.Refused as error:
        messages.error(request, str(error))
        return redirect("transmission:board")
    messages.success(request, f"{_counted(len(found), 'retour lu', 'retours lus')} (simulateur).")
    for row in found:
        if row.trouble:
            messages.error(request, f"Un retour ne se lit pas, il est gardé : {row.trouble}")
    return redirect("transmission:board")


@requires("billing.write")
@require_POST
def recycle(request: Any, sheet_id: int) -> HttpResponse:
    row = get_object_or_404(Sheet.objects.all(), pk=sheet_id)
    try:
        services.recycle(keyring=request.keyring, author=request.person, sheet_id=row.pk)
        messages.success(request, "Feuille remise à l’envoi.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("transmission:board")
