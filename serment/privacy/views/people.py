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
from serment.patients.views.identity import patient_context
from serment.privacy import (
    copy,
    notice,
    profiles,
    register,
)
from serment.privacy import slip as confirmations
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
        "restrictions": [
            (row, rules[row.purpose].label if row.purpose else "", people.get(row.author_id, "—"))
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
    """The full copy: the page gives the secret, the button gives the encrypted file. Nothing of it is kept here."""
    known_or_404(patient_id)
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
