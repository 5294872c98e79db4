"""The conformity page: live, filtered, attested, printed."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.conformity import audit, editions, services
from serment.conformity.catalogue import by_id
from serment.conformity.forms import AttestForm, JustifyForm
from serment.conformity.models import Attestation, Edition
from serment.documents import file_pdf
from serment.documents.models import FileDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.privacy import profiles, register
from serment.vault.paths import path

LATE, ALL = "late", "tout"
"""Filters: what is overdue, whatever its state; every requirement. The page opens on what is to be done."""
SIDES = {"P": "du professionnel", "E": "du prestataire"}
OPEN_BELOW = 12
"""Above this many requirements shown, the sections are folded: their counts are the table of contents."""


@requires("conformity.view")
@require_GET
def home(request: Any) -> HttpResponse:
    """The référentiel in its own order; ``etat`` and ``qui`` narrow it down, together."""
    found = services.lines()
    state, side = request.GET.get("etat") or services.NOT_MET, request.GET.get("qui", "")
    own = [line for line in found if not side or side in line.requirement.who]
    shown = [line for line in own if state in (ALL, line.state) or (state == LATE and line.overdue)]
    counts = services.counts(own)
    context = {
        "sections": services.by_section(own, shown),
        "folded": len(shown) > OPEN_BELOW,
        "states": [(code, services.LABELS[code], counts[code]) for code in services.SHOWN_FIRST],
        "state": state,
        "side": side,
        "sides": SIDES.items(),
        "total": len(found),
        "own": len(own),
        "overdue": sum(line.overdue for line in found),
        "soon": services.due_soon(),
        "profile": profiles.load(register.settings_of_practice().profile),
        "sees_proofs": request.person.can("privacy.manage"),
        "now": timezone.now(),
    }
    journal.record("conformity.viewed")
    return render(request, "conformity/home.html", context)


def _back(line_id: str) -> HttpResponse:
    """Where one was: the section of the requirement just answered."""
    return redirect(f"{path('conformity:home')}#{by_id()[line_id].anchor}")


@requires("conformity.attest")
@require_http_methods(["GET", "POST"])
def attest(request: Any, requirement: str) -> HttpResponse:
    """One organisational measure: its past answers, and a new one."""
    wanted = by_id().get(requirement.replace("_", "."))
    if wanted is None or wanted.kind != "attest":
        raise Http404
    form, status = AttestForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = services.attest(
                    keyring=request.keyring,
                    author=request.person,
                    requirement_id=wanted.id,
                    **form.cleaned_data,
                )
                messages.success(request, f"Attesté. À renouveler avant le {row.due_on:%d/%m/%Y}.")
                return _back(wanted.id)
            except services.Refused as error:
                form.add_error("text", str(error))
    context = {
        "form": form,
        "requirement": wanted,
        "past": Attestation.objects.filter(requirement=wanted.id).order_by("-at"),
    }
    return render(request, "conformity/attest.html", context, status=status)


@requires("conformity.attest")
@require_http_methods(["GET", "POST"])
def justify(request: Any, requirement: str) -> HttpResponse:
    """Accept a gap for a while, in writing."""
    wanted = by_id().get(requirement.replace("_", "."))
    if wanted is None:
        raise Http404
    form, status = JustifyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            row = form.save(commit=False)
            row.requirement, row.author_id = wanted.id, request.person.pk
            row.author_name = request.person.display_name
            row.save()
            journal.record("conformity.justified", object_id=row.pk, details={"requirement": wanted.id})
            messages.success(request, f"Écart justifié, à revoir le {row.review_on:%d/%m/%Y}.")
            return _back(wanted.id)
    context = {"form": form, "requirement": wanted}
    return render(request, "conformity/justify.html", context, status=status)


@requires("conformity.view")
@require_GET
def pdf(request: Any) -> HttpResponse:
    """The whole as a dated file, to hand to the CNIL."""
    found, today = services.lines(), timezone.localdate()
    kept = editions.keep(keyring=request.keyring, author=request.person, lines=services.as_kept(found))
    counts = services.counts(found)
    parts = []
    for title, rows in groupby(found, key=lambda line: line.requirement.section):
        parts.append((title, [(f"{line.requirement.id} · {line.label}", _text(line)) for line in rows]))
    content = file_pdf(
        FileDocument(
            title="Dossier de conformité",
            subtitle=(
                "Référentiel « cabinets médicaux et paramédicaux » de la CNIL. « Mesuré » : constaté par le logiciel à "
                "la date d’édition. « Attesté » : déclaré par une personne, à sa date."
            ),
            practice=request.practice.name,
            on=today,
            date_text=dates.long(today),
            facts=[
                ("Édition", f"n° {kept.number}, empreinte {kept.digest[:16]}"),
                *((services.LABELS[code].capitalize(), str(number)) for code, number in counts.items()),
            ],
            parts=parts,
            demo=request.practice.is_demo,
        )
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="dossier-de-conformite.pdf"'
    return response


@requires("conformity.view")
@require_GET
def audit_pack(request: Any) -> HttpResponse:
    """The file of an audit, without any patient's data."""
    journal.record("conformity.viewed", details={"what": "audit"})
    response = HttpResponse(audit.pack(request.practice), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="dossier-audit.zip"'
    return response


@requires("conformity.view")
@require_GET
def edition_list(request: Any) -> HttpResponse:
    """Every edition kept, each proven again."""
    rows = [(row, editions.is_sound(row)) for row in Edition.objects.order_by("-number")[:60]]
    journal.record("conformity.viewed", details={"what": "editions", "count": len(rows)})
    return render(request, "conformity/editions.html", {"rows": rows})


@requires("conformity.view")
@require_GET
def edition(request: Any, edition_id: int) -> HttpResponse:
    """The state of every requirement on the day it was printed."""
    row = get_object_or_404(Edition.objects.all(), pk=edition_id)
    known = by_id()
    context = {
        "row": row,
        "sound": editions.is_sound(row),
        "lines": [(line, known.get(line["id"])) for line in row.lines],
    }
    journal.record("conformity.viewed", object_id=row.pk, details={"what": "edition"})
    return render(request, "conformity/edition.html", context)


def _text(line: services.Line) -> str:
    signed = f" – {line.author}, {dates.short(line.checked_at)}" if line.author else ""
    gap = f"\nÉcart justifié : {line.gap.motive} Compensé par : {line.gap.measure}" if line.gap else ""
    return f"{line.requirement.quote}\n{line.evidence}{signed}{gap}"
