"""Requests of patients about their data: written down, decided, answered; what is frozen or switched off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import services as journal
from serment.patients import representatives
from serment.patients.models import Restriction
from serment.patients.selectors import names_of
from serment.patients.views.identity import patient_context
from serment.privacy import erasure, letters, profiles, recipients, register, requests, rights
from serment.privacy.models import RightsRequest
from serment.privacy.request_forms import CloseForm, ExtendForm, ReceiveForm
from serment.privacy.views.people import known_or_404
from serment.record import set_aside
from serment.record.services import patient_keys
from serment.vault.ids import encode


@requires("privacy.patient")
@require_http_methods(["GET", "POST"])
def receive(request: Any, patient_id: int) -> HttpResponse:
    known_or_404(patient_id)
    context = patient_context(request, patient_id, "rights")
    acting = representatives.in_force(context["card"].identity, timezone.localdate())
    form, status = ReceiveForm(request.POST or None, acting=acting), 200
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
    context |= {"form": form, "matrix": _matrix()}
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
    readers = _readers(request, row)
    form, extension, status = CloseForm(readers=readers), ExtendForm(), 200
    if request.method == "POST":
        status = 422
        try:
            if "extend" in request.POST:
                extension = ExtendForm(request.POST)
                if extension.is_valid():
                    requests.extend(
                        keyring=request.keyring,
                        author=request.person,
                        request_id=row.pk,
                        reason=extension.cleaned_data["reason"],
                    )
                    return redirect("privacy:decide", row.pk)
            else:
                form = CloseForm(request.POST, readers=readers)
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
    telling = row.kind in letters.TOLD and row.state != RightsRequest.State.REFUSED
    context |= {
        "row": row,
        "leaving": erasure.leaving(row.patient_id) if erasing else [],
        "staying": erasure.staying(row.patient_id) if erasing else [],
        "recipients": recipients.past(keyring=request.keyring, patient_id=row.patient_id) if telling else [],
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


def _readers(request: Any, row: RightsRequest) -> list[tuple[str, str]]:
    """Whom an opposition to sharing may set aside: nobody for who may not decide it, or for any other request."""
    asked = row.kind == RightsRequest.Kind.OPPOSITION and row.purpose == requests.SHARING
    if not (asked and row.state == "received"):
        return []
    if not set_aside.may(request.keyring, request.person, row.patient_id):
        return []
    return [
        (encode(one.person.pk), one.person.display_name)
        for one in set_aside.readers(row.patient_id)
        if one.since is None and one.person.pk != request.person.pk
    ]


@requires("privacy.decide")
@require_GET
def letter(request: Any, request_id: int) -> HttpResponse:
    """The answer on paper, to hand over or to post."""
    answerable = RightsRequest.objects.exclude(closed_at=None, extended=False)
    row = get_object_or_404(answerable, pk=request_id)
    write = letters.answer if row.closed_at else letters.extension
    return _pdf(write(keyring=request.keyring, practice=request.practice, row=row), "reponse")


@requires("privacy.decide")
@require_GET
def tell(request: Any, request_id: int) -> HttpResponse:
    """The notice to one past recipient, ``qui`` being its rank in the list."""
    closed = RightsRequest.objects.exclude(closed_at=None).exclude(state=RightsRequest.State.REFUSED)
    row = get_object_or_404(closed.filter(kind__in=letters.TOLD), pk=request_id)
    known = recipients.past(keyring=request.keyring, patient_id=row.patient_id)
    rank = request.GET.get("qui", "")
    number = int(rank) if is_digits(rank) and len(rank) < 9 else len(known)
    if not (number < len(known) and known[number].addressee):
        raise Http404
    content = letters.notice_to(
        keyring=request.keyring, practice=request.practice, row=row, addressee=known[number].addressee
    )
    return _pdf(content, "avis")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@requires("privacy.decide")
@require_POST
def lift(request: Any, restriction_id: int) -> HttpResponse:
    row = get_object_or_404(Restriction.objects.all(), pk=restriction_id)
    if row.kind == Restriction.Kind.EXCLUSION:
        try:
            set_aside.bring_back(
                keyring=request.keyring,
                author=request.person,
                patient_id=row.patient_id,
                person_id=row.person_id,
            )
        except ValueError as error:
            messages.error(request, str(error))
            return redirect("privacy:patient", row.patient_id)
    else:
        requests.lift(author=request.person, restriction_id=row.pk)
    messages.success(request, "Levée enregistrée.")
    return redirect("privacy:patient", row.patient_id)


@requires("privacy.decide")
@require_POST
def limit(request: Any, patient_id: int) -> HttpResponse:
    """Freeze at once, the request being written down beside (the patient is in front of the practitioner)."""
    known_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    requests.limit(author=request.person, patient_id=patient_id)
    messages.success(request, "Données gelées\u00a0: elles se lisent, et ne servent plus à rien d’autre.")
    return redirect("privacy:patient", patient_id)
