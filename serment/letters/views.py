"""Choose a model, edit, sign, print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.rules import requires
from serment.journal import services as journal
from serment.letters import fields, services
from serment.letters.forms import LetterForm, ModelForm
from serment.letters.models import LetterModel
from serment.letters.payloads import Letter
from serment.patients.views.identity import patient_context
from serment.record import perms
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import patient_keys


@requires("record.write")
@require_http_methods(["GET", "POST"])
def write(request: Any, patient_id: int) -> HttpResponse:
    """``modele`` names the model to fill; without one, they are offered."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "record")
    author = request.person.practitioner
    models = services.offered(author.profession if author else "")
    chosen = next((model for model in models if model.key == request.GET.get("modele")), None)
    initial = {}
    if chosen is not None and request.method == "GET":
        found = record.summary(keyring=request.keyring, patient_id=patient_id)
        source = fields.Source(context["card"], found, request.person, request.keyring)
        body = fields.filled(chosen.body, source)
        initial = {"kind": chosen.kind, "title": chosen.label, "body": body}
    form, status = LetterForm(request.POST or None, initial=initial), 200
    to_confirm: list[str] = []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            to_confirm = form.cautions
            entry = (
                None
                if to_confirm and request.POST.get("confirm_unusual") != "1"
                else _signed(request, patient_id, form)
            )
            if entry is not None:
                messages.success(request, "Signé et gardé au dossier.")
                return gone_to(request, reverse("letters:letter", args=[entry.pk]))
    context |= {"form": form, "models": models, "chosen": chosen, "to_confirm": to_confirm}
    journal.record("record.viewed", subject_id=patient_id, details={"what": "letter"})
    return render(request, "letters/write.html", context, status=status)


def _signed(request: Any, patient_id: int, form: LetterForm) -> Entry | None:
    """None when it was refused: the form says why."""
    try:
        return services.sign(
            keyring=request.keyring,
            author=request.person,
            patient_id=patient_id,
            letter=Letter(**form.cleaned_data),
        )
    except services.Refused as error:
        form.add_error("body", str(error))
        return None


def _letter(entry_id: int) -> Any:
    entry = perms.entry_or_404(entry_id)
    if entry.kind != "letter":
        raise Http404
    return entry


@requires("record.view")
@require_GET
def letter(request: Any, entry_id: int) -> HttpResponse:
    entry = _letter(entry_id)
    item = record.one(keyring=request.keyring, entry=entry)
    context = patient_context(request, entry.patient_id, "record") | {"item": item}
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    return render(request, "letters/letter.html", context)


@requires("record.view")
@require_GET
def letter_pdf(request: Any, entry_id: int) -> HttpResponse:
    entry = _letter(entry_id)
    patient_keys(request.keyring, entry.patient_id)
    response = HttpResponse(
        services.pdf(keyring=request.keyring, entry=entry), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'inline; filename="courrier.pdf"'
    return response


@requires("record.write")
@require_http_methods(["GET", "POST"])
def models(request: Any) -> HttpResponse:
    """The practice's models; « modele » begins from one."""
    found = services.offered()
    chosen = next((model for model in found if model.key == request.GET.get("modele")), None)
    initial = {"label": chosen.label, "kind": chosen.kind, "body": chosen.body} if chosen else {}
    form, status = ModelForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.keep_model(author=request.person, **form.cleaned_data)
                messages.success(request, "Modèle gardé pour tout le cabinet.")
                return redirect("letters:models")
            except services.Refused as error:
                form.add_error("body", str(error))
    context = {
        "form": form,
        "models": found,
        "chosen": chosen,
        "fields": [(name, label) for name, (label, _) in fields.FIELDS.items()],
    }
    return render(request, "letters/models.html", context, status=status)


@requires("record.write")
@require_POST
def forget_model(request: Any, model_id: int) -> HttpResponse:
    services.forget_model(model=get_object_or_404(LetterModel.objects.all(), pk=model_id))
    messages.success(request, "Modèle retiré\u00a0: les courriers déjà signés restent.")
    return redirect("letters:models")
