"""A patient's rights: the notice handed, their requests, what is frozen or switched off, their copy."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.agenda.models import Appointment
from serment.documents import notice_pdf
from serment.documents.locked import new_secret
from serment.journal import services as journal
from serment.patients.models import Patient, Restriction
from serment.patients.selectors import names_of
from serment.patients.views.identity import patient_context
from serment.privacy import (
    copy,
    erasure,
    letters,
    notice,
    profiles,
    recipients,
    register,
    requests,
    rights,
)
from serment.privacy import slip as confirmations
from serment.privacy.forms import CloseForm, ExtendForm, ReceiveForm
from serment.privacy.models import NoticeHanding, RightsRequest
from serment.record.services import patient_keys

_SECRET = re.compile(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}")


@requires("privacy.patient")
@require_GET
def notice_page(request: Any) -> HttpResponse:
    """The notice as patients read it, and its three forms."""
    journal.record("privacy.viewed", details={"what": "notice"})
    return render(request, "privacy/notice.html", {"notice": notice.build(request.practice)})


@requires("privacy.patient")
@require_GET
def notice_file(request: Any) -> HttpResponse:
    poster = request.GET.get("forme") != "depliant"
    content = notice_pdf(notice.document(request.practice, poster=poster))
    journal.record("privacy.notice_printed", details={"poster": poster})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="notice-information.pdf"'
    return response


@requires("privacy.patient")
@require_POST
def slip(request: Any, appointment_id: int) -> HttpResponse:
    """The confirmation to hand or to join to an e-mail; the first one carries the notice."""
    row = get_object_or_404(Appointment.objects.select_related("practitioner"), pk=appointment_id)
    content = confirmations.confirmation(author=request.person, practice=request.practice, row=row)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="confirmation.pdf"'
    return response


@requires("privacy.patient")
@require_GET
def patient(request: Any, patient_id: int) -> HttpResponse:
    """The « Droits » tab."""
    _known(patient_id)
    context = patient_context(request, patient_id, "rights")
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    today = timezone.localdate()
    rules = profiles.load(register.settings_of_practice().profile).purposes
    context |= {
        "notices": [(row, people.get(row.author_id, "—")) for row in _notices(patient_id)],
        "ways": NoticeHanding.How.choices,
        "requests": [
            (row, row.state == "received" and row.due_on < today)
            for row in RightsRequest.objects.filter(patient_id=patient_id).order_by("-received_on")
        ],
        "restrictions": [
            (row, rules[row.purpose].label if row.purpose else "", people.get(row.author_id, "—"))
            for row in Restriction.objects.filter(patient_id=patient_id).order_by("-since")
        ],
    }
    journal.record("privacy.patient_viewed", subject_id=patient_id)
    return render(request, "privacy/patient.html", context)


def _known(patient_id: int) -> None:
    if not Patient.objects.filter(pk=patient_id).exists():
        raise Http404


def _notices(patient_id: int) -> Any:
    return NoticeHanding.objects.filter(patient_id=patient_id).order_by("-at")


@requires("privacy.patient")
@require_POST
def hand(request: Any, patient_id: int) -> HttpResponse:
    _known(patient_id)
    try:
        notice.hand(
            author=request.person,
            patient_id=patient_id,
            how=request.POST.get("how", ""),
            practice=request.practice,
        )
        messages.success(request, "Remise de la notice enregistrée.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("privacy:patient", patient_id)


@requires("privacy.patient")
@require_http_methods(["GET", "POST"])
def receive(request: Any, patient_id: int) -> HttpResponse:
    _known(patient_id)
    form, status = ReceiveForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = requests.receive(
                    keyring=request.keyring, author=request.person, patient_id=patient_id, **form.cleaned_data
                )
                messages.success(request, f"Demande enregistrée, à traiter avant le {row.due_on:%d/%m/%Y}.")
                return redirect("privacy:patient", patient_id)
            except requests.Refused as error:
                form.add_error(None, str(error))
    context = patient_context(request, patient_id, "rights") | {"form": form, "matrix": _matrix()}
    journal.record("privacy.patient_viewed", subject_id=patient_id, details={"what": "request"})
    return render(request, "privacy/receive.html", context, status=status)


def _matrix() -> list[tuple[str, str, list[str]]]:
    """(purpose, basis, for each right « oui » or the article that refuses it)."""
    profile = profiles.load(register.settings_of_practice().profile)
    return [
        (rule.label, rule.basis_text, [rights.MATRIX[rule.basis][right] or "oui" for right in rights.RIGHTS])
        for rule in profile.purposes.values()
    ]


@requires("privacy.patient")
@require_GET
def request_list(request: Any) -> HttpResponse:
    """Every request of the practice, the nearest deadline first."""
    rows = list(RightsRequest.objects.order_by("closed_at", "due_on")[:200])
    names = names_of(keyring=request.keyring, patient_ids=[row.patient_id for row in rows])
    today = timezone.localdate()
    context = {
        "rows": [
            (row, names.get(row.patient_id), row.state == "received" and row.due_on < today) for row in rows
        ],
        "matrix": _matrix(),
        "rights": rights.LABELS.values(),
        "grounds": rights.GROUNDS.values(),
    }
    journal.record("privacy.viewed", details={"what": "requests", "count": len(rows)})
    return render(request, "privacy/requests.html", context)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def decide(request: Any, request_id: int) -> HttpResponse:
    """One request: what was asked, what the law says, the answer."""
    row = get_object_or_404(RightsRequest.objects.all(), pk=request_id)
    form, extension, status = CloseForm(), ExtendForm(), 200
    if request.method == "POST":
        status = 422
        try:
            if "extend" in request.POST:
                extension = ExtendForm(request.POST)
                if extension.is_valid():
                    requests.extend(
                        author=request.person, request_id=row.pk, reason=extension.cleaned_data["reason"]
                    )
                    return redirect("privacy:decide", row.pk)
            else:
                form = CloseForm(request.POST)
                if form.is_valid():
                    requests.close(
                        keyring=request.keyring, author=request.person, request_id=row.pk, **form.cleaned_data
                    )
                    messages.success(request, "Réponse enregistrée.")
                    return redirect("privacy:decide", row.pk)
        except requests.Refused as error:
            (extension if "extend" in request.POST else form).add_error(None, str(error))
    context = patient_context(request, row.patient_id, "rights")
    pending = row.state == "received"
    erasing = pending and row.kind == RightsRequest.Kind.ERASURE
    telling = pending and row.kind in ("rectification", "erasure", "limitation")
    context |= {
        "row": row,
        "leaving": erasure.leaving(row.patient_id) if erasing else [],
        "staying": erasure.staying(row.patient_id) if erasing else [],
        "recipients": recipients.past(row.patient_id) if telling else [],
        "outcome_label": "À prévenir" if row.kind == "rectification" else "Ce qui a été fait",
        "words": requests.opened(request.keyring, row),
        "grounds": requests.grounds_for(row),
        "ground": rights.GROUNDS.get(row.ground),
        "form": form,
        "extension": extension,
        "extendable": row.state == "received" and not row.extended and row.kind != "access",
        "late": row.state == "received" and row.due_on < timezone.localdate(),
    }
    journal.record("privacy.patient_viewed", subject_id=row.patient_id, object_id=row.pk)
    return render(request, "privacy/decide.html", context, status=status)


@requires("privacy.decide")
@require_GET
def letter(request: Any, request_id: int) -> HttpResponse:
    """The answer on paper, to hand over or to post."""
    row = get_object_or_404(RightsRequest.objects.exclude(closed_at=None), pk=request_id)
    content = letters.answer(keyring=request.keyring, practice=request.practice, row=row)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="reponse.pdf"'
    return response


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def hand_copy(request: Any, patient_id: int) -> HttpResponse:
    """The full copy: the page gives the secret, the button gives the encrypted file. Nothing of it is kept here."""
    _known(patient_id)
    if request.method == "POST":
        secret = request.POST.get("secret", "")
        if not _SECRET.fullmatch(secret):
            secret = ""
        content, _ = copy.make(
            keyring=request.keyring, practice=request.practice, patient_id=patient_id, secret=secret
        )
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="copie-du-dossier.pdf"'
        return response
    patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "rights") | {"secret": new_secret()}
    journal.record("privacy.patient_viewed", subject_id=patient_id, details={"what": "copy"})
    return render(request, "privacy/copy.html", context)


@requires("privacy.decide")
@require_POST
def lift(request: Any, restriction_id: int) -> HttpResponse:
    row = get_object_or_404(Restriction.objects.all(), pk=restriction_id)
    requests.lift(author=request.person, restriction_id=row.pk)
    messages.success(request, "Levée enregistrée.")
    return redirect("privacy:patient", row.patient_id)


@requires("privacy.decide")
@require_POST
def limit(request: Any, patient_id: int) -> HttpResponse:
    """Freeze at once, the request being written down beside (the patient is in front of the practitioner)."""
    _known(patient_id)
    patient_keys(request.keyring, patient_id)
    requests.limit(author=request.person, patient_id=patient_id)
    messages.success(request, "Données gelées\u00a0: elles se lisent, et ne servent plus à rien d’autre.")
    return redirect("privacy:patient", patient_id)
