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
from serment.patients import representatives
from serment.patients.models import Patient, Restriction
from serment.patients.views.identity import patient_context
from serment.privacy import (
    copy,
    handing,
    notice,
    profiles,
    register,
)
from serment.privacy import slip as confirmations
from serment.privacy.models import NoticeHanding, RightsRequest
from serment.privacy.request_forms import HandCopyForm
from serment.record.services import patient_keys
from serment.vault.ids import decode

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
@require_POST
def draft(request: Any, appointment_id: int) -> HttpResponse:
    """The draft of the mail with its confirmation joined, which one's mail program opens and sends."""
    row = get_object_or_404(Appointment.objects.select_related("practitioner"), pk=appointment_id)
    content = confirmations.message(
        keyring=request.keyring, author=request.person, practice=request.practice, row=row
    )
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = 'attachment; filename="confirmation.eml"'
    return response


@requires("privacy.patient")
@require_GET
def mail(request: Any, appointment_id: int) -> HttpResponse:
    """The same confirmation as a text for one's own mail program, with the paper to join."""
    row = get_object_or_404(Appointment.objects.select_related("practitioner"), pk=appointment_id)
    found = confirmations.mail(keyring=request.keyring, practice=request.practice, row=row)
    journal.record("privacy.viewed", subject_id=row.patient_id, details={"what": "mail"})
    return render(request, "privacy/mail.html", {"row": row, "mail": found})


@requires("privacy.patient")
@require_GET
def patient(request: Any, patient_id: int) -> HttpResponse:
    """The « Droits » tab."""
    known_or_404(patient_id)
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
        "copies": [
            (row, name, ground, people.get(row.author_id, "—"))
            for row, name, ground in handing.of_patient(keyring=request.keyring, patient_id=patient_id)
        ],
        "restrictions": [
            (
                row,
                rules[row.purpose].label if row.purpose else people.get(row.person_id, ""),
                people.get(row.author_id, "—"),
            )
            for row in Restriction.objects.filter(patient_id=patient_id).order_by("-since")
        ],
    }
    journal.record("privacy.patient_viewed", subject_id=patient_id)
    return render(request, "privacy/patient.html", context)


def known_or_404(patient_id: int) -> None:
    if not Patient.objects.filter(pk=patient_id).exists():
        raise Http404


def _notices(patient_id: int) -> Any:
    return NoticeHanding.objects.filter(patient_id=patient_id).order_by("-at")


@requires("privacy.patient")
@require_POST
def hand(request: Any, patient_id: int) -> HttpResponse:
    known_or_404(patient_id)
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


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def hand_copy(request: Any, patient_id: int) -> HttpResponse:
    """The full copy: the page asks who receives it and gives the secret, the button gives the encrypted file.

    Nothing of the file is kept here. ``demande``: the request that it answers, which says already who receives it.
    """
    known_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    copy.require_followed(request.keyring, patient_id)
    asking = _asking(request, patient_id)
    context = patient_context(request, patient_id, "rights")
    acting = representatives.in_force(context["card"].identity, timezone.localdate())
    form = HandCopyForm(request.POST if request.method == "POST" else None, acting=acting)
    secret = request.POST.get("secret", "")
    secret = secret if _SECRET.fullmatch(secret) else new_secret()
    if request.method == "POST" and (asking or form.is_valid()):
        to = handing.for_request(request.keyring, asking) if asking else form.cleaned_data
        content, _ = handing.hand(
            keyring=request.keyring,
            author=request.person,
            practice=request.practice,
            patient_id=patient_id,
            secret=secret,
            **to,
        )
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="copie-du-dossier.pdf"'
        return response
    context |= {"secret": secret, "form": form, "asking": asking}
    if asking:
        context["receiver"] = handing.for_request(request.keyring, asking)
    journal.record("privacy.patient_viewed", subject_id=patient_id, details={"what": "copy"})
    return render(request, "privacy/copy.html", context, status=422 if request.method == "POST" else 200)


def _asking(request: Any, patient_id: int) -> RightsRequest | None:
    """The request for a copy that the page answers; None where it answers none. Raises Http404."""
    text = request.POST.get("demande") or request.GET.get("demande", "")
    if not text:
        return None
    try:
        rows = RightsRequest.objects.filter(patient_id=patient_id, kind=RightsRequest.Kind.ACCESS)
        found: RightsRequest = get_object_or_404(rows, pk=decode(text))
    except ValueError:
        raise Http404 from None
    said = handing.for_request(request.keyring, found)
    named = said["to"] == RightsRequest.ActsAs.SELF or (said["recipient"] and said["ground"])
    return found if named else None  # written down before who acts was asked: it is asked here
