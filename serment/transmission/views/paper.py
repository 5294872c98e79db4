"""On paper: the sheet onto its official form, the calibration page, a printer's offsets; what is joined."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.practice.professions import PROFESSIONS
from serment.transmission import insured, joining, paper, signing, states
from serment.transmission.forms import PaperForm
from serment.transmission.insured import Refused
from serment.transmission.models import Attachment, PaperLayout, Sheet, SheetEvent
from serment.transmission.views.board import nature
from serment.transmission.views.sheet import back_to, claim_or_404

NEW = ("", "draft", "established", "corrected", "cancelled")
"""States in which the first print is no duplicate."""


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@requires("billing.write")
@require_GET
def print_sheet(request: Any, claim_id: int) -> HttpResponse:
    """The overlay. Printed while the sheet is on its way by the network, it says DUPLICATA, and the story keeps it."""
    claim = claim_or_404(claim_id)
    if not signing.may_sign(request.person, claim):
        messages.error(request, "Cette feuille est celle d’un autre praticien\u00a0: à lui de l’imprimer.")
        return back_to(claim.pk)
    sheet = signing.sheet_of(claim)
    patient = insured.of(request.keyring, [claim.patient_id])[claim.patient_id]
    state = sheet.state if sheet else ""
    duplicate = request.GET.get("duplicata") == "1" or state not in (*NEW, "paper")
    content = paper.sheet_pdf(
        practice=request.practice,
        claim=claim,
        payload=patient.keys.open(claim, "payload"),
        details=signing.details_of(request.keyring, sheet),
        patient=patient,
        duplicate=duplicate,
        printer=request.GET.get("imprimante", "")[:60],
    )
    if sheet is not None and duplicate:
        SheetEvent.objects.create(
            sheet=sheet, state=state, why="duplicate_printed", author_id=request.person.pk
        )
    journal.record("fse.printed", subject_id=claim.patient_id, object_id=claim.pk)
    return _pdf(content, f"feuille-de-soins-{claim.number}.pdf")


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def layouts(request: Any) -> HttpResponse:
    """Offsets by printer and profession."""
    form = PaperForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            row = form.save()
            messages.success(request, f"Calage gardé pour {row.printer}.")
            return redirect("transmission:layouts")
        status = 422
    else:
        own = request.person.practitioner or Practitioner.objects.filter(active=True).order_by("pk").first()
        profession = own.profession if own else "medecin"
        form = PaperForm(initial={"profession": profession, "right": 0, "down": 0})
    rows = [
        (row, PROFESSIONS[row.profession].label, row.right / 10, row.down / 10)
        for row in PaperLayout.objects.order_by("profession", "printer")
    ]
    context = {"form": form, "rows": rows, "professions": PROFESSIONS.values(), **nature(request)}
    return render(request, "transmission/paper.html", context, status=status)


@requires("billing.write")
@require_GET
def calibration(request: Any) -> HttpResponse:
    """The grid for a profession's form."""
    profession = request.GET.get("profession", "medecin")
    if profession not in PROFESSIONS:
        profession = "medecin"
    content = paper.calibration_pdf(
        practice=request.practice,
        profession=profession,
        printer=request.GET.get("imprimante", "")[:60],
    )
    return _pdf(content, "calage.pdf")


@requires("billing.write")
@require_POST
def join(request: Any, sheet_id: int) -> HttpResponse:
    """Join a scan, or a document of the record for whoever opens it."""
    row = get_object_or_404(Sheet.objects.select_related("claim"), pk=sheet_id)
    given = {"keyring": request.keyring, "author": request.person, "sheet_id": row.pk}
    chosen, file = request.POST.get("document", ""), request.FILES.get("fichier")
    try:
        if chosen.isascii() and chosen.isdigit() and request.person.can("record.view"):
            joining.join_entry(**given, entry_id=int(chosen))
        else:
            data = file.read(joining.MAX_BYTES + 1) if file else b""
            joining.join(**given, data=data)
        messages.success(request, "Ordonnance jointe\u00a0: elle partira avec la feuille.")
    except (Refused, states.Forbidden) as error:
        messages.error(request, str(error))
    return back_to(row.claim_id)


@requires("billing.write")
@require_GET
def joined(request: Any, attachment_id: int) -> HttpResponse:
    rows = Attachment.objects.select_related("sheet__claim")
    if request.person.practitioner_id:
        rows = rows.filter(sheet__claim__practitioner_id=request.person.practitioner_id)
    row = get_object_or_404(rows, pk=attachment_id)
    response = HttpResponse(joining.scan(keyring=request.keyring, row=row), content_type=row.media)
    response["Content-Disposition"] = 'inline; filename="ordonnance"'
    return response


@requires("billing.write")
@require_POST
def part(request: Any, attachment_id: int) -> HttpResponse:
    row = get_object_or_404(Attachment.objects.select_related("sheet"), pk=attachment_id)
    claim_id = row.sheet.claim_id
    try:
        joining.part(author=request.person, attachment_id=row.pk)
        messages.success(request, "Pièce retirée.")
    except Refused as error:
        messages.error(request, str(error))
    return back_to(claim_id)
