"""Write: the consultation page, drafts, quick additions, corrections."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires, session_only
from serment.catalogues import selectors as catalogues
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.views.identity import patient_context
from serment.record import consultation as verbs
from serment.record import drafts, kinds, perms, selectors, services
from serment.record.forms import ADDABLE, CORRECTABLE, ConsultationForm, CorrectionReason
from serment.vault.ids import decode, encode


def _appointment(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


@requires("record.write")
@require_http_methods(["GET", "POST"])
def consultation(request: Any, patient_id: int) -> HttpResponse:
    """What is written in the middle, the summary beside it. POST signs and closes."""
    perms.patient_or_404(patient_id)
    keyring, person = request.keyring, request.person
    loaded = drafts.load(keyring=keyring, person=person, patient_id=patient_id)
    form, status = _form(request, loaded), 200
    rdv = request.POST.get("rdv") or request.GET.get("rdv", "")
    if request.method == "POST":
        status = 422
        if form.is_valid() and (not form.unusual or request.POST.get("confirm_unusual") == "1"):
            try:
                entry = verbs.sign(
                    keyring=keyring,
                    author=person,
                    patient_id=patient_id,
                    consultation=form.consultation(),
                    measures=form.values,
                    keep_problems=form.cleaned_data["keep_problems"],
                    appointment_id=_appointment(rdv),
                )
                url = reverse("record:signed", args=[patient_id])
                return redirect(f"{url}?consultation={encode(entry.pk)}")
            except services.Refused as error:
                form.add_error(None, str(error))
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "consultation"})
    context = patient_context(request, patient_id, "record")
    context |= {
        "form": form,
        "rdv": rdv,
        "summary": selectors.summary(keyring=keyring, patient_id=patient_id),
        "draft": loaded[0] if loaded else None,
        "chosen": form.coded() if form.is_bound else [],
        "page": request.POST.get("page") or secrets.token_hex(8),
        "opened": timezone.now().isoformat(),
    }
    return render(request, "record/consultation.html", context, status=status)


def _form(request: Any, loaded: Any) -> ConsultationForm:
    """What was just posted, else the draft as it was left, else an empty page."""
    if request.method == "POST":
        return ConsultationForm(request.POST)
    if loaded is None:
        return ConsultationForm()

    data = QueryDict(mutable=True)
    for name, values in loaded[1].items():
        data.setlist(name, values)
    form = ConsultationForm(data)
    form.errors.clear()  # a draft is shown as it was left; it is judged when signed
    return form


@session_only
@require_POST
def draft(request: Any, patient_id: int) -> HttpResponse:
    """Save as typed, with or without keys: 204; 409 when another page saved since this one was opened."""
    if request.session_row.level < 2 or not Patient.objects.filter(pk=patient_id).exists():
        raise Http404
    if not drafts.may_write(request.person, patient_id):
        return JsonResponse({"error": "Ouvrez d’abord ce dossier."}, status=403)
    ignored = {"csrfmiddlewaretoken", "page", "opened"}
    data = {name: request.POST.getlist(name) for name in request.POST if name not in ignored}
    try:
        drafts.save(
            person=request.person,
            patient_id=patient_id,
            data=data,
            page=request.POST.get("page", "")[:32],
            opened=parse_datetime(request.POST.get("opened", "")),
        )
    except drafts.DraftConflict:
        error = "Un autre onglet a modifié ce brouillon. Ce texte reste ici : copiez-le avant de recharger."
        return JsonResponse({"error": error}, status=409)
    except ValueError:
        return JsonResponse({"error": "Ce brouillon est trop long : raccourcissez-le."}, status=413)
    return HttpResponse(status=204)


@requires("record.write")
@require_POST
def discard_draft(request: Any, patient_id: int) -> HttpResponse:
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    drafts.discard(person=request.person, patient_id=patient_id)
    messages.success(request, "Brouillon effacé.")
    return redirect("record:open", patient_id)


@requires("record.write")
@require_http_methods(["GET"])
def signed(request: Any, patient_id: int) -> HttpResponse:
    """After signing: the next gestures, one key away."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "record")
    journal.record("record.viewed", subject_id=patient_id, details={"what": "signed"})
    context["consultation"] = request.GET.get("consultation", "")
    return render(request, "record/signed.html", context)


@requires("record.write")
@require_http_methods(["GET", "POST"])
def add(request: Any, patient_id: int, kind: str) -> HttpResponse:
    """Quick addition of a problem, an allergy, a history, a treatment or measures."""
    perms.patient_or_404(patient_id)
    if kind not in ADDABLE:
        raise Http404
    services.patient_keys(request.keyring, patient_id)
    form = ADDABLE[kind](request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        unusual = (
            form.is_valid() and getattr(form, "unusual", None) and request.POST.get("confirm_unusual") != "1"
        )
        if form.is_valid() and not unusual:
            services.add_entry(
                keyring=request.keyring,
                author=request.person,
                patient_id=patient_id,
                kind=kind,
                payload=form.payload(),
            )
            messages.success(request, "Ajouté au dossier.")
            return redirect("record:open", patient_id)
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": kind})
    context = patient_context(request, patient_id, "record") | {"form": form, "kind": kinds.get(kind)}
    return render(request, "record/add.html", context, status=status)


@requires("record.write")
@require_http_methods(["GET", "POST"])
def correct(request: Any, entry_id: int) -> HttpResponse:
    """A new version of a signed entry, with its reason; or « saisi par erreur »."""
    entry = perms.entry_or_404(entry_id)
    item = selectors.one(keyring=request.keyring, entry=entry)
    if entry.kind not in CORRECTABLE and request.POST.get("error") != "1" and request.method == "POST":
        raise Http404
    initial = item.content.model_dump()
    form_class = CORRECTABLE.get(entry.kind)
    form = form_class(request.POST or None, initial=initial) if form_class else None
    reason = CorrectionReason(request.POST or None, initial={"version": entry.version})
    status = 200
    if request.method == "POST":
        status = 422
        in_error = request.POST.get("error") == "1"
        if reason.is_valid() and (in_error or (form is not None and form.is_valid())):
            try:
                _correct(request, entry, form, reason.cleaned_data, in_error)
                messages.success(request, "Correction enregistrée. La version précédente est gardée.")
                return redirect("record:versions", entry_id)
            except services.Refused as error:
                reason.add_error("why", str(error))
    else:
        journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record")
    context |= {"item": item, "form": form, "reason": reason}
    return render(request, "record/correct.html", context, status=status)


def _correct(request: Any, entry: Any, form: Any, reason: dict[str, Any], in_error: bool) -> None:
    if in_error:
        services.mark_in_error(
            keyring=request.keyring, author=request.person, entry_id=entry.pk, reason=reason["why"]
        )
        return
    ended = form.cleaned_data.get("status") in ("resolved", "stopped")
    services.correct_entry(
        keyring=request.keyring,
        author=request.person,
        entry_id=entry.pk,
        version=reason["version"],
        payload=form.payload(),
        reason=reason["why"],
        standing=(kinds.get(entry.kind).standing and not ended),
    )


@requires("record.write")
@require_POST
def diagnoses(request: Any) -> HttpResponse:
    """CIM-10 choices for what is being typed."""
    found = catalogues.search_diagnoses(request.POST.get("coded", ""), limit=8)
    return render(request, "record/diagnoses.html", {"found": found})


@requires("record.write")
@require_POST
def substances(request: Any) -> HttpResponse:
    """Substance choices for an allergy."""
    found = catalogues.search_substances(request.POST.get("substance", ""), limit=8)
    return render(request, "record/substances.html", {"found": found})
