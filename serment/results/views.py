"""Results to treat: drop files, say whose they are, see them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.selectors import names_of
from serment.record import perms as record_perms
from serment.record.services import Refused, patient_keys
from serment.results import matching, services
from serment.results.models import Incoming
from serment.vault.ids import decode


@requires("record.write")
@require_http_methods(["GET", "POST"])
def home(request: Any) -> HttpResponse:
    """What waits for me, abnormal first; and where files are dropped."""
    if request.method == "POST":
        for sent in request.FILES.getlist("files"):
            try:
                outcome = services.receive(keyring=request.keyring, author=request.person, raw=sent.read())
                _say(request, outcome)
            except Refused as error:
                messages.error(request, str(error))
        return redirect("results:home")
    mine = Incoming.objects.filter(for_person_id=request.person.pk).exclude(state__in=["seen", "refused"])
    rows = list(mine.order_by("-abnormal", "received_at")[:200])
    names = names_of(keyring=request.keyring, patient_ids={row.patient_id for row in rows if row.patient_id})
    context = {"rows": [(row, names.get(row.patient_id) if row.patient_id else None) for row in rows]}
    journal.record("result.listed", details={"count": len(rows)})
    return render(request, "results/home.html", context)


def _say(request: Any, outcome: services.Outcome) -> None:
    if outcome.waiting:
        many = "s" if outcome.waiting > 1 else ""
        messages.success(request, f"{outcome.waiting} résultat{many} reçu{many}, à rattacher.")
    if outcome.known:
        messages.info(request, f"{outcome.known} déjà reçu\u00a0: rien n’a été doublé.")
    if outcome.unreadable:
        messages.error(request, "Un fichier ne se lit pas\u00a0: il est gardé, à traiter à la main.")


@requires("record.write")
@require_http_methods(["GET", "POST"])
def match(request: Any, incoming_id: int) -> HttpResponse:
    """Whose is it? The likeliest patients with their score; a person decides."""
    row = get_object_or_404(Incoming.objects.filter(state__in=["waiting", "unreadable"]), pk=incoming_id)
    report, original = services.opened(request.keyring, row)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            patient_id = decode(request.POST.get("patient", ""))
            record_perms.patient_or_404(patient_id)
            patient_keys(request.keyring, patient_id)
            services.file(
                keyring=request.keyring, author=request.person, incoming_id=row.pk, patient_id=patient_id
            )
            messages.success(request, "Résultat rattaché au dossier.")
            return redirect("results:home")
        except ValueError as error:
            messages.error(request, str(error) if isinstance(error, Refused) else "Choisissez le patient.")
    context = {
        "row": row,
        "report": report,
        "original": original,
        "matches": matching.matches(keyring=request.keyring, report=report) if report else [],
    }
    journal.record("result.listed", object_id=row.pk)
    return render(request, "results/match.html", context, status=status)


@requires("record.write")
@require_POST
def set_aside(request: Any, incoming_id: int) -> HttpResponse:
    row = get_object_or_404(Incoming.objects.all(), pk=incoming_id)
    if row.sealed:
        services.opened(request.keyring, row)
    try:
        services.set_aside(author=request.person, incoming_id=row.pk)
        messages.success(request, "Résultat écarté\u00a0: rien n’en est gardé.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("results:home")


@requires("record.write")
@require_POST
def see(request: Any, incoming_id: int) -> HttpResponse:
    row = get_object_or_404(Incoming.objects.all(), pk=incoming_id)
    if row.patient_id:
        patient_keys(request.keyring, row.patient_id)
    elif row.sealed:
        services.opened(request.keyring, row)
    try:
        services.see(author=request.person, incoming_id=row.pk)
        messages.success(request, "Résultat vu.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("results:home")
