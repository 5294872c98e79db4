"""The ordonnance page, its medicine search, its PDF."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.middleware import refuse
from serment.access.models import Person
from serment.access.rules import requires
from serment.catalogues import selectors as catalogues
from serment.journal import services as journal
from serment.patients.selectors import card, names_of
from serment.patients.views.identity import patient_context
from serment.prescribing import habits, perms, protocols, rights, services
from serment.prescribing.forms import (
    COLUMNS,
    DURATIONS,
    REASONS,
    WHEN,
    BadLine,
    BodyForm,
    read_lines,
    typed,
    unit_for,
)
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import DOSE_UNITS, Prescription
from serment.prescribing.safety.engine import NEVER
from serment.record import perms as record_perms
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.ids import decode, encode

CHOICES = {
    "units": DOSE_UNITS,
    "whens": [(k, v[0]) for k, v in WHEN.items()],
    "durations": DURATIONS,
    "reasons": REASONS,
}


def _id(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def new(request: Any, patient_id: int) -> HttpResponse:
    """Write, check, sign. ``renouveler`` names an ordonnance to begin from, ``derniere`` the last one."""
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    if not perms.may_prescribe(request.person):
        return refuse(request, "prescribing.write")
    body = BodyForm(request.POST or None)
    error, report, status = "", None, 200
    encounter = request.POST.get("consultation") or request.GET.get("consultation", "")
    kind = request.POST.get("kind", "medicines")
    kept: list[dict[str, Any]] = []
    free: list[str] = []
    if request.method == "POST":
        status = 422
        kept, free = _kept(request.POST), [t for t in request.POST.getlist("free") if t.strip()]
        try:
            lines = read_lines(request.POST)
            if body.is_valid():
                entry = services.issue(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    lines=lines,
                    kind=kind,
                    reasons=_reasons(request.POST),
                    weight_kg=_float(body.cleaned_data["weight"]),
                    height_cm=_float(body.cleaned_data["height"]),
                    encounter_id=_id(encounter),
                    keep_treatments=request.POST.get("keep") == "1",
                )
                url = reverse("prescribing:done", args=[entry.pk])
                return redirect(f"{url}?consultation={encounter}" if encounter else url)
        except (BadLine, rights.NotAllowed) as refused:
            error = str(refused)
        except services.Alarm as alarm:
            report = alarm.report
    else:
        past = _begun_from(request, patient_id)
        if past is not None:
            kept, free = typed(past.lines)
            kind = past.kind
        journal.record("record.viewed", subject_id=patient_id, details={"what": "prescription"})
    context = patient_context(request, patient_id, "record") | {
        **CHOICES,
        "body": body,
        "error": error,
        "report": report,
        "given": _reasons(request.POST),
        "kept": kept,
        "free": free,
        "kind": kind,
        "kinds": rights.kinds_for(request.person.practitioner.profession),
        "right": rights.of(request.person.practitioner.profession),
        "protocols": protocols.offered(request.person),
        "consultation": encounter,
        "release": catalogues.release_label(),
        "never": NEVER,
        "treatments": record.standing(keyring=request.keyring, patient_id=patient_id).treatments,
    }
    return render(request, "prescribing/new.html", context, status=status)


def _reasons(post: Any) -> dict[str, str]:
    return {name[7:]: post[name] for name in post if name.startswith("reason-")}


def _begun_from(request: Any, patient_id: int) -> Prescription | None:
    """The ordonnance to renew, or the protocol to apply, named in the address; None for a blank page."""
    asked = request.GET.get("renouveler", "")
    if asked == "derniere":
        return record.last_content(keyring=request.keyring, patient_id=patient_id, kind="prescription")
    if asked and (entry_id := _id(asked)):
        entry = record_perms.entry_or_404(entry_id)
        if entry.patient_id == patient_id and entry.kind == "prescription":
            found: Prescription = record.one(keyring=request.keyring, entry=entry).content  # type: ignore[assignment]
            return found
    return None


@requires("prescribing.write")
@require_POST
def check(request: Any, patient_id: int) -> HttpResponse:
    """The alerts of what is being written, for the panel beside it. Nothing is kept."""
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    context: dict[str, Any] = {"report": None, "given": _reasons(request.POST), "error": ""}
    try:
        context["report"] = services.check(
            keyring=request.keyring,
            author=request.person,
            patient_id=patient_id,
            lines=read_lines(request.POST),
        )
    except (BadLine, rights.NotAllowed) as refused:
        context["error"] = str(refused) if request.POST.getlist("medicine") else ""
    return render(request, "prescribing/alerts.html", context)


@requires("prescribing.write")
@require_POST
def use_protocol(request: Any) -> HttpResponse:
    """The lines of a protocol, put after those already there."""
    try:
        _, lines = protocols.apply(
            person=request.person, protocol_id=_id(request.POST.get("protocol", "")) or 0
        )
    except Protocol.DoesNotExist:
        raise Http404 from None
    items, free = typed(lines)
    return render(request, "prescribing/protocol_lines.html", {**CHOICES, "items": items, "free": free})


@requires("prescribing.write")
@require_POST
def keep_protocol(request: Any, entry_id: int) -> HttpResponse:
    """Keep an ordonnance's lines, without its patient."""
    entry = record_perms.entry_or_404(entry_id)
    if entry.kind != "prescription":
        raise Http404
    item = record.one(keyring=request.keyring, entry=entry)
    try:
        protocols.keep(
            author=request.person,
            label=request.POST.get("label", ""),
            prescription=item.content,  # type: ignore[arg-type]
            shared=request.POST.get("shared") == "1",
        )
        messages.success(request, "Protocole gardé.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("prescribing:done", entry_id)


@requires("prescribing.write")
@require_GET
def issued(request: Any) -> HttpResponse:
    """The register: ordonnances of the practice, newest first, those this session can open."""
    rows = list(Entry.objects.filter(kind="prescription").order_by("-occurred_at")[:200])
    names = names_of(keyring=request.keyring, patient_ids={row.patient_id for row in rows})
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    opened = record.lines_of(keyring=request.keyring, rows=rows)
    context = {
        "rows": [
            (row, names.get(row.patient_id), people.get(row.author_id, "—"), opened[row.pk])
            for row in rows
            if row.pk in opened
        ]
    }
    journal.record("prescription.register_viewed", details={"count": len(context["rows"])})
    return render(request, "prescribing/issued.html", context)


def _float(value: Any) -> float | None:
    return float(value) if value is not None else None


def _kept(post: Any) -> list[dict[str, Any]]:
    """What was typed, line by line, to be shown again as it was."""
    keys = post.getlist("medicine")
    known = catalogues.medicines(keys)
    columns = {name: post.getlist(name) for name in COLUMNS}
    return [
        {"medicine": known[key], **{n: (v[i] if i < len(v) else "") for n, v in columns.items()}}
        for i, key in enumerate(keys)
        if key in known
    ]


@requires("prescribing.write")
@require_POST
def search(request: Any) -> HttpResponse:
    """Medicines for what is being typed: by brand or DCI."""
    hits = catalogues.search_medicines(
        request.POST.get("drug", ""), limit=12, boost=habits.usual(request.person)
    )
    context = {"hits": hits, "prices": catalogues.prices(hit.key for hit in hits)}
    return render(request, "prescribing/results.html", context)


@requires("prescribing.write")
@require_POST
def line(request: Any) -> HttpResponse:
    """One more line, for the medicine chosen."""
    medicine = catalogues.medicines([request.POST.get("key", "")]).get(request.POST.get("key", ""))
    if medicine is None:
        raise Http404
    item = {
        "medicine": medicine,
        "dose": "1",
        "unit": unit_for(medicine.form),
        "when": "1",
        "duration": "",
        "renewals": "",
    }
    return render(request, "prescribing/line.html", {**CHOICES, "item": item})


@requires("prescribing.write")
@require_GET
def done(request: Any, entry_id: int) -> HttpResponse:
    """The issued ordonnance: print, then the next gesture."""
    entry = record_perms.entry_or_404(entry_id)
    if entry.kind != "prescription":
        raise Http404
    item = record.one(keyring=request.keyring, entry=entry)
    context = patient_context(request, entry.patient_id, "record")
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    context |= {
        "item": item,
        "consultation": request.GET.get("consultation", ""),
        "entry_text": encode(entry.pk),
    }
    return render(request, "prescribing/done.html", context)


@requires("prescribing.write")
@require_GET
def pdf(request: Any, entry_id: int) -> HttpResponse:
    """The PDF, from memory; its name says nothing of the patient."""
    entry = record_perms.entry_or_404(entry_id)
    if entry.kind != "prescription":
        raise Http404
    patient_keys(request.keyring, entry.patient_id)
    who = card(keyring=request.keyring, patient_id=entry.patient_id)
    content = services.print_pdf(keyring=request.keyring, card=who, entry=entry)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="ordonnance.pdf"'
    return response
