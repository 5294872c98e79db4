"""Frozen data are used for nothing: what the verbs do not refuse themselves is refused here, by default (R9.5).

Every request that changes something about a patient, and every page that hands something over, asks first whether the
patient's data are under limitation (article 18 RGPD). A view that may go on all the same is written in ``SPARED``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from serment.access.middleware import refused_for_a_reason
from serment.agenda.models import Appointment
from serment.billing.models import Claim, Payment
from serment.patients import restrictions
from serment.privacy.models import EmergencyAccess, RightsRequest
from serment.record.models import Entry, Photo
from serment.results.models import Incoming
from serment.transmission.models import Attachment, Sheet

SUBJECTS: dict[str, tuple[type[models.Model], str] | None] = {
    "patient_id": None,
    "entry_id": (Entry, "patient_id"),
    "appointment_id": (Appointment, "patient_id"),
    "claim_id": (Claim, "patient_id"),
    "payment_id": (Payment, "patient_id"),
    "sheet_id": (Sheet, "claim__patient_id"),
    "incoming_id": (Incoming, "patient_id"),
    "attachment_id": (Attachment, "sheet__claim__patient_id"),
    "photo_id": (Photo, "patient_id"),
    "request_id": (RightsRequest, "patient_id"),
    "access_id": (EmergencyAccess, "patient_id"),
}
"""What an address names → how it leads to the patient."""

HANDS_OVER = {
    "prescribing:pdf",
    "letters:pdf",
    "billing:receipt",
    "billing:payment_receipt",
    "billing:reminder",
    "transmission:print",
}
"""Pages asked for by GET that make a paper which leaves the practice."""

SPARED = {
    "privacy:hand": "informing is a duty",
    "privacy:receive": "a request is answered",
    "privacy:decide": "a request is answered",
    "privacy:letter": "a request is answered",
    "privacy:tell": "telling recipients is a duty (article 19)",
    "privacy:limit": "the limitation itself",
    "privacy:copy": "the right of access stays (article 15)",
    "patients:trace_paper": "the right of access stays (article 15)",
    "privacy:emergency": "vital interest (article 18.2)",
    "privacy:emergency_end": "gives a key back",
    "privacy:emergency_seen": "takes note",
    "record:find": "reading",
    "record:file": "reading",
    "record:page": "reading",
    "record:photo": "reading",
    "record:photo_discard": "uses nothing; keeping it is refused",
    "record:thumbnail": "reading",
    "results:original": "reading",
    "transmission:joined": "reading",
    "record:draft": "what is being typed is not lost; signing is refused",
    "record:discard_draft": "uses nothing",
    "record:swap_draft": "what was typed is not lost; signing is refused",
    "record:share": "takes a share back; sharing is refused by its verb",
    "record:aside": "an opposition is honoured",
    "results:see": "reading",
    "retention:hold": "keeps",
    "agenda:state": "a cancellation; the other states are refused below",
}
"""URL name → why a limitation does not stop it."""
_ONLY: dict[str, Callable[[HttpRequest], bool]] = {
    "agenda:state": lambda request: request.POST.get("state") == Appointment.State.CANCELLED
}


def subject_of(kwargs: dict[str, Any]) -> int | None:
    """The patient an address is about; None when it names none. At most one query."""
    for name, value in kwargs.items():
        if name in SUBJECTS:
            where = SUBJECTS[name]
            if where is None:
                return int(value)
            model, column = where
            found: int | None = model._default_manager.filter(pk=value).values_list(column, flat=True).first()
            return found
    return None


class LimitationMiddleware:
    """After the permissions: a changing request, or a paper, about a frozen patient is answered by 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name
        changes = request.method not in ("GET", "HEAD", "OPTIONS") or name in HANDS_OVER
        if request.practice is None or not changes:
            return None
        if name in SPARED and _ONLY.get(name, lambda _: True)(request):
            return None
        patient_id = subject_of(kwargs)
        if patient_id is not None and restrictions.frozen(patient_id):
            return refused_for_a_reason(request, restrictions.Frozen())
        return None
