"""Results to treat: drop files, say whose they are, read them, see them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import files
from serment.record import perms as record_perms
from serment.record.selectors import author_names, one
from serment.record.services import Refused, patient_keys
from serment.results import addresses, arrivals, folder, left, matching, selectors, services
from serment.results.models import Incoming
from serment.vault.ids import decode


@requires("record.write")
@require_http_methods(["GET", "POST"])
def home(request: Any) -> HttpResponse:
    """What waits for me, abnormal first; and where files are dropped. ``tous``: what waits for the whole circle."""
    person, keyring = request.person, request.keyring
    if request.method == "POST":
        for sent in request.FILES.getlist("files"):
            try:
                _say(request, services.receive(keyring=keyring, author=person, raw=sent.read()))
            except Refused as error:
                messages.error(request, str(error))
        return redirect("results:home")
    _say(request, arrivals.open_waiting(keyring=keyring, person=person))
    everyone = request.GET.get("tous") == "1"
    rows = selectors.waiting(keyring=keyring, person=person, everyone=everyone)
    context = {
        "rows": rows,
        "seen": selectors.seen(keyring=keyring, person=person),
        "left": left.waiting(),
        "folder": addresses.folder_of(person.practice_id) if folder.root() else "",
        "everyone": everyone,
    }
    journal.record("result.listed", details={"count": len(rows)})
    return render(request, "results/home.html", context)


def _say(request: Any, outcome: services.Outcome) -> None:
    if outcome.waiting:
        many = "s" if outcome.waiting > 1 else ""
        messages.success(request, f"{outcome.waiting} résultat{many} reçu{many}, à rattacher.")
    if outcome.known:
        messages.info(request, f"{outcome.known} déjà reçu\u00a0: rien n’a été doublé.")
    if outcome.unreadable:
        messages.warning(request, "Un fichier ne se lit pas\u00a0: il est gardé, à rattacher à la main.")


def _waiting(incoming_id: int) -> Incoming:
    row: Incoming = get_object_or_404(
        Incoming.objects.filter(state__in=["waiting", "unreadable"]), pk=incoming_id
    )
    return row


@requires("record.write")
@require_http_methods(["GET", "POST"])
def match(request: Any, incoming_id: int) -> HttpResponse:
    """Whose is it? The likeliest patients with their score, or any other by name; a person decides."""
    row = _waiting(incoming_id)
    found = services.opened(request.keyring, row)
    status, error_text = 200, ""
    if request.method == "POST":
        status = 422
        try:
            patient_id = decode(request.POST.get("patient", ""))
            record_perms.patient_or_404(patient_id)
            patient_keys(request.keyring, patient_id)
            services.file(
                keyring=request.keyring,
                author=request.person,
                incoming_id=row.pk,
                patient_id=patient_id,
                title=request.POST.get("title", ""),
            )
            messages.success(request, "Résultat rattaché au dossier.")
            return gone_to(request, reverse("results:read", args=[row.pk]))
        except ValueError as error:
            error_text = str(error) if isinstance(error, Refused) else "Choisissez le patient."
    context = {
        "row": row,
        "found": found,
        "report": found.report,
        "result": services.content(found.report) if found.report else None,
        "error": error_text,
        "title": request.POST.get("title", ""),
        "matches": matching.matches(keyring=request.keyring, report=found.report) if found.report else [],
    }
    journal.record("result.listed", object_id=row.pk)
    return render(request, "results/match.html", context, status=status)


@requires("record.write")
@require_GET
def original(request: Any, incoming_id: int) -> HttpResponse:
    """The bytes of what waits, as they came: shown, never run; downloaded where a browser does not show them."""
    row = _waiting(incoming_id)
    found = services.opened(request.keyring, row)
    journal.record("result.listed", object_id=row.pk, details={"what": "original"})
    response = files.as_response(found.raw, found.media_type or "application/octet-stream")
    if not found.media_type:
        response["Content-Disposition"] = 'attachment; filename="resultat-d-origine.bin"'
    return response


@requires("record.write")
@require_GET
def read(request: Any, incoming_id: int) -> HttpResponse:
    """A filed result: abnormal values first, each beside its bounds and the value before it."""
    row = get_object_or_404(Incoming.objects.filter(state__in=["filed", "seen"]), pk=incoming_id)
    entry = record_perms.entry_or_404(row.entry_id)
    if entry.kind != "result":
        return redirect("record:document", entry.pk)
    context = patient_context(request, entry.patient_id, "record")
    context |= {
        "row": row,
        "result": one(keyring=request.keyring, entry=entry).content,
        "lines": selectors.lines(keyring=request.keyring, entry=entry),
        "seen_by": author_names({row.seen_by}).get(row.seen_by, "") if row.seen_by else "",
    }
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    return render(request, "results/read.html", context)


@requires("record.write")
@require_POST
def set_aside(request: Any, incoming_id: int) -> HttpResponse:
    row = get_object_or_404(Incoming.objects.all(), pk=incoming_id)
    if row.sealed and row.state != Incoming.State.ARRIVED:
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
    elif row.sealed and row.state != Incoming.State.ARRIVED:
        services.opened(request.keyring, row)
    try:
        services.see(author=request.person, incoming_id=row.pk)
        messages.success(request, "Résultat vu.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("results:home")
