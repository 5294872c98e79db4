"""What was issued: its page, its PDF, the register."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.middleware import refuse
from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.selectors import card
from serment.patients.views.identity import patient_context
from serment.prescribing import perms, printing, protocols, register, services, treatments
from serment.prescribing.dosage import phrase
from serment.prescribing.issued_forms import CancelForm, ProtocolForm
from serment.prescribing.kinds import kinds, shown
from serment.prescribing.payloads import DELIVERIES, NON_SUBSTITUTABLE, Line
from serment.record import perms as record_perms
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import Refused, patient_keys
from serment.vault.ids import decode, encode


def _prescription_or_404(entry_id: int) -> Entry:
    entry = record_perms.entry_or_404(entry_id)
    if entry.kind != "prescription":
        raise Http404
    return entry


@requires("prescribing.write")
@require_GET
def done(request: Any, entry_id: int) -> HttpResponse:
    """The issued ordonnance: print, then the next gesture."""
    entry = _prescription_or_404(entry_id)
    page = _page(request, entry)  # first: whoever is refused has read nothing
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    return page


def _page(request: Any, entry: Entry, *, status: int = 200, **refused: Any) -> HttpResponse:
    """``refused``: the form of a gesture that was not done (« cancelling », « keeping »), ``to_confirm``."""
    item: Any = record.one(keyring=request.keyring, entry=entry)
    context = patient_context(request, entry.patient_id, "record")
    kind = kinds()[item.content.kind]
    context |= {
        "item": item,
        "kind": kind,
        "facts": shown(kind, item.content.details),
        "lines": [(line, _said(line)) for line in item.content.lines],
        "consultation": record_perms.encounter(request, entry.patient_id),
        "entry_text": encode(entry.pk),
        "secured": any(line.secured for line in item.content.lines),
        "printed": printing.times(entry),
        "cancelling": CancelForm(),
        "undos": treatments.undoable(
            keyring=request.keyring, patient_id=entry.patient_id, prescription=item.content
        ),
        "chosen": _undos(request.POST),
        "keeping": ProtocolForm(),
        **refused,
    }
    return render(request, "prescribing/done.html", context, status=status)


def _said(line: Line) -> list[str]:
    """Dosage and mentions of a line, as on the paper."""
    found = [phrase(line.dosage)] if line.dosage and not line.is_free else []
    if line.renewals:
        found.append(f"renouvelable {line.renewals} fois")
    if line.boxes:
        found.append(
            f"{line.boxes} boîte{'s' if line.boxes > 1 else ''}"
            if line.medicine
            else f"quantité {line.boxes}"
        )
    if line.non_substitutable:
        found.append(f"non substituable, {NON_SUBSTITUTABLE[line.non_substitutable]}")
    if line.not_reimbursed:
        found.append("non remboursable")
    if line.delivery:
        found.append(DELIVERIES[line.delivery].lower())
    if line.ald:
        found.append("ALD")
    if line.code:
        found.append(line.code.upper().replace(":", " "))
    return found


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def cancel(request: Any, entry_id: int) -> HttpResponse:
    """Cancel with a reason, which is kept; refused, the page of the ordonnance says why beside what was typed."""
    entry = _prescription_or_404(entry_id)
    if not perms.may_prescribe(request.person):
        return refuse(request, "prescribing.write")
    if request.method == "GET":  # the page that refused, loaded again
        return redirect("prescribing:done", entry.pk)
    form, to_confirm = CancelForm(request.POST), []
    if form.is_valid():
        to_confirm = form.cautions
        if not to_confirm or request.POST.get("confirm_unusual") == "1":
            try:
                _, given_back = services.cancel(
                    keyring=request.keyring,
                    author=request.person,
                    entry_id=entry_id,
                    reason=form.cleaned_data["reason"],
                    undo=_undos(request.POST),
                )
                messages.success(request, f"Ordonnance annulée. {_treatments_said(given_back)}")
                return redirect("prescribing:done", entry.pk)
            except Refused as error:
                form.add_error("reason", str(error))
                entry.refresh_from_db()
                if entry.state == Entry.State.IN_ERROR:  # its page has no such form any more
                    messages.error(request, str(error))
    return _page(request, entry, status=422, cancelling=form, to_confirm=to_confirm)


def _undos(post: Any) -> set[int]:
    """Treatments ticked to be given back."""
    found = set()
    for text in post.getlist("undo"):
        with suppress(ValueError):
            found.add(decode(text))
    return found


def _treatments_said(given_back: int) -> str:
    if not given_back:
        return "Les traitements en cours n’ont pas changé\u00a0: revoyez-les au dossier."
    return f"{given_back} traitement{'s' if given_back > 1 else ''} remis comme avant elle."


@requires("prescribing.write")
@require_GET
def pdf(request: Any, entry_id: int) -> HttpResponse:
    """The PDF, from memory; its name says nothing of the patient."""
    entry = _prescription_or_404(entry_id)
    patient_keys(request.keyring, entry.patient_id)
    who = card(keyring=request.keyring, patient_id=entry.patient_id)
    content = printing.print_pdf(keyring=request.keyring, card=who, entry=entry)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="ordonnance.pdf"'
    return response


@requires("prescribing.write")
@require_GET
def issued(request: Any) -> HttpResponse:
    """The register: ordonnances of the practice, newest first, those this session can open."""
    page = register.page(keyring=request.keyring, asked=register.Asked.read(request.GET))
    journal.record("prescription.register_viewed", details={"count": len(page.rows)})
    return render(request, "prescribing/issued.html", {"page": page, "kinds": kinds().values()})


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def keep_protocol(request: Any, entry_id: int) -> HttpResponse:
    """Keep an ordonnance's lines, without its patient."""
    entry = _prescription_or_404(entry_id)
    if request.method == "GET":
        return redirect("prescribing:done", entry.pk)
    form = ProtocolForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, status=422, keeping=form)
    item: Any = record.one(keyring=request.keyring, entry=entry)
    replace = request.POST.get("replace") == "1"
    try:
        protocols.keep(author=request.person, prescription=item.content, replace=replace, **form.cleaned_data)
    except protocols.NameTaken as taken:
        form.add_error("label", str(taken))
        return _page(request, entry, status=422, keeping=form, taken=True)
    messages.success(request, "Protocole gardé\u00a0: il est proposé à la prochaine ordonnance.")
    return redirect("prescribing:done", entry_id)
