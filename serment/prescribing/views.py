"""The ordonnance page, its medicine search, its PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.middleware import refuse
from serment.access.rules import requires
from serment.catalogues import selectors as catalogues
from serment.journal import services as journal
from serment.patients.selectors import card
from serment.patients.views.identity import patient_context
from serment.prescribing import perms, services
from serment.prescribing.checks import NOT_COVERED
from serment.prescribing.forms import DURATIONS, REASONS, WHEN, BadLine, BodyForm, read_lines, unit_for
from serment.prescribing.payloads import DOSE_UNITS
from serment.record import perms as record_perms
from serment.record import selectors as record
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
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    if not perms.may_prescribe(request.person):
        return refuse(request, "prescribing.write")
    body = BodyForm(request.POST or None)
    error, warnings, status = "", [], 200
    encounter = request.POST.get("consultation") or request.GET.get("consultation", "")
    if request.method == "POST":
        status = 422
        try:
            lines = read_lines(request.POST)
            if body.is_valid():
                entry = services.issue(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    lines=lines,
                    reasons={p: request.POST.get(f"reason-{p}", "") for p in range(len(lines))},
                    weight_kg=_float(body.cleaned_data["weight"]),
                    height_cm=_float(body.cleaned_data["height"]),
                    encounter_id=_id(encounter),
                    keep_treatments=request.POST.get("keep") == "1",
                )
                url = reverse("prescribing:done", args=[entry.pk])
                return redirect(f"{url}?consultation={encounter}" if encounter else url)
        except BadLine as refused:
            error = str(refused)
        except services.AllergyAlert as alert:
            warnings = alert.warnings
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "prescription"})
    context = patient_context(request, patient_id, "record") | {
        **CHOICES,
        "body": body,
        "error": error,
        "warnings": warnings,
        "kept": _kept(request.POST) if request.method == "POST" else [],
        "free": [t for t in request.POST.getlist("free") if t.strip()],
        "consultation": encounter,
        "release": catalogues.release_label(),
        "not_covered": NOT_COVERED,
        "treatments": record.summary(keyring=request.keyring, patient_id=patient_id).treatments,
    }
    return render(request, "prescribing/new.html", context, status=status)


def _float(value: Any) -> float | None:
    return float(value) if value is not None else None


def _kept(post: Any) -> list[dict[str, Any]]:
    """What was typed, line by line, to be shown again as it was."""
    names = ("dose", "unit", "when", "duration", "duration_unit", "renewals", "ns", "needed", "note", "brand")
    keys = post.getlist("medicine")
    known = catalogues.medicines(keys)
    columns = {name: post.getlist(name) for name in names}
    return [
        {"medicine": known[key], **{n: (v[i] if i < len(v) else "") for n, v in columns.items()}}
        for i, key in enumerate(keys)
        if key in known
    ]


@requires("prescribing.write")
@require_POST
def search(request: Any) -> HttpResponse:
    """Medicines for what is being typed: by brand or DCI."""
    hits = catalogues.search_medicines(request.POST.get("drug", ""), limit=12)
    return render(request, "prescribing/results.html", {"hits": hits})


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
