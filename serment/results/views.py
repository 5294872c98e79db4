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
from serment.patients.selectors import card
from serment.patients.views.identity import patient_context
from serment.record import files
from serment.record import perms as record_perms
from serment.record.models import Entry
from serment.record.selectors import author_names, one
from serment.record.services import Refused, patient_keys
from serment.results import addresses, arrivals, folder, left, matching, requeue, selectors, services, traits
from serment.results.models import Incoming
from serment.vault.ids import decode, encode


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
        "replaced": selectors.replaced_by(person),
    }
    journal.record("result.listed", details={"count": len(rows)})
    return render(request, "results/home.html", context)


def _say(request: Any, outcome: services.Outcome) -> None:
    if outcome.waiting:
        many = "s" if outcome.waiting > 1 else ""
        messages.success(request, f"{outcome.waiting} résultat{many} reçu{many}, à rattacher.")
    if outcome.known:
        messages.info(request, f"{outcome.known} déjà reçu\u00a0: rien n’a été doublé.")
    if outcome.in_error:
        messages.warning(
            request,
            "Il est marqué «\u00a0saisi par erreur\u00a0» dans un dossier\u00a0: ouvrez-le depuis «\u00a0Traités "
            "dernièrement\u00a0» pour le remettre en file.",
        )
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
    """Whose is it? The likeliest patients with their score, or any other by name; a person decides.

    A patient whose traits are not those of the report is filed on at a second word, which says which ones.
    """
    row = _waiting(incoming_id)
    found = services.opened(request.keyring, row)
    status, error_text, chosen = 200, "", None
    differences: list[traits.Difference] = []
    if request.method == "POST":
        status = 422
        try:
            patient_id = decode(request.POST.get("patient", ""))
            record_perms.patient_or_404(patient_id)
            patient_keys(request.keyring, patient_id)
            if found.report is not None:
                chosen = card(keyring=request.keyring, patient_id=patient_id)
                differences = traits.of_card(found.report, chosen)
            if not differences or request.POST.get("confirm") == encode(patient_id):
                filed = services.file(
                    keyring=request.keyring,
                    author=request.person,
                    incoming_id=row.pk,
                    patient_id=patient_id,
                    title=request.POST.get("title", ""),
                    differs=[difference.code for difference in differences],
                )
                messages.success(request, "Résultat rattaché au dossier.")
                alone = filed.entry_id == filed.original_id
                where = ("record:document", filed.original_id) if alone else ("results:read", row.pk)
                return gone_to(request, reverse(where[0], args=[where[1]]))
        except ValueError as error:
            error_text = str(error) if isinstance(error, Refused) else "Choisissez le patient."
    context = {
        "row": row,
        "found": found,
        "report": found.report,
        "result": services.content(found.report) if found.report else None,
        "error": error_text,
        "chosen": chosen if differences and not error_text else None,
        "differences": differences,
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
    """A filed result: abnormal values first, each beside its bounds and the value before it.

    What did not read is a document: its title, that leads to it.
    """
    row = _filed(incoming_id)
    entry = record_perms.entry_or_404(row.entry_id)
    page = _read(request, row, entry)  # first: whoever is refused has read nothing
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    return page


def _filed(incoming_id: int) -> Incoming:
    row: Incoming = get_object_or_404(Incoming.objects.filter(state__in=["filed", "seen"]), pk=incoming_id)
    return row


def _read(request: Any, row: Incoming, entry: Entry, error: str = "") -> HttpResponse:
    context = patient_context(request, entry.patient_id, "record")
    context |= {
        "row": row,
        "item": one(keyring=request.keyring, entry=entry),
        "lines": selectors.lines(keyring=request.keyring, entry=entry) if entry.kind == "result" else [],
        "seen_by": author_names({row.seen_by}).get(row.seen_by, "") if row.seen_by else "",
        "error": error,
        "why": request.POST.get("why", ""),
    }
    context["result"] = context["item"].content if entry.kind == "result" else None
    return render(request, "results/read.html", context, status=422 if error else 200)


@requires("record.write")
@require_POST
def put_back(request: Any, incoming_id: int) -> HttpResponse:
    """« Remettre en file »: out of the record where it was filed, with a reason; on to whom it belongs to."""
    row = _filed(incoming_id)
    entry = record_perms.entry_or_404(row.entry_id)
    try:
        requeue.put_back(
            keyring=request.keyring,
            author=request.person,
            incoming_id=row.pk,
            reason=request.POST.get("why", ""),
        )
    except Refused as error:
        return _read(request, row, entry, str(error))
    messages.success(
        request, "Remis en file\u00a0: marqué «\u00a0saisi par erreur\u00a0» dans le dossier quitté."
    )
    return redirect("results:match", row.pk)


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
