"""« Conservation »: what becomes of one file and when, and the reasons to keep it longer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.views.identity import patient_context
from serment.record.services import patient_keys
from serment.retention import clock, holds, moves, returning
from serment.retention import comebacks as found_again
from serment.retention.models import ArchivedFile, Comeback, Hold


@requires("retention.act")
@require_GET
def patient(request: Any, patient_id: int) -> HttpResponse:
    """The tab of a patient."""
    row = get_object_or_404(Patient.objects.only("pk", "created_at"), pk=patient_id)
    patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "retention")
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    context |= {
        "course": clock.course(row.pk, row.created_at, context["card"].identity.birth_date),
        "rule": clock.rule(),
        "holds": [
            (h, people.get(h.author_id, "—"))
            for h in Hold.objects.filter(patient_id=patient_id).order_by("-since")
        ],
        "reasons": Hold.Reason.choices,
        "past": returning.archived(request, context["card"].identity),
    }
    journal.record("retention.viewed", subject_id=patient_id)
    return render(request, "retention/patient.html", context)


@requires("retention.act")
@require_POST
def hold(request: Any, patient_id: int) -> HttpResponse:
    row = get_object_or_404(Patient.objects.only("pk"), pk=patient_id)
    patient_keys(request.keyring, patient_id)
    try:
        holds.place(author=request.person, reason=request.POST.get("reason", ""), patient=row)
        messages.success(
            request, "Dossier retenu\u00a0: il ne sera pas archivé tant que la retenue n’est pas levée."
        )
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("retention:patient", patient_id)


@requires("retention.act")
@require_POST
def hold_archived(request: Any, archive_id: int) -> HttpResponse:
    """An archive that must outlive its term: nothing of it is opened for that."""
    row = get_object_or_404(ArchivedFile.objects.all(), pk=archive_id)
    moves.key_of(request.keyring, row)
    try:
        holds.place(author=request.person, reason=request.POST.get("reason", ""), archived=row)
        messages.success(request, "Archive retenue\u00a0: elle ne sera pas détruite avant la levée.")
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("retention:consult", archive_id)


@requires("retention.act")
@require_POST
def lift(request: Any, hold_id: int) -> HttpResponse:
    row = get_object_or_404(Hold.objects.select_related("archived"), pk=hold_id)
    if row.patient_id:
        patient_keys(request.keyring, row.patient_id)
    else:
        moves.key_of(request.keyring, row.archived)
    holds.lift(author=request.person, hold_id=row.pk)
    messages.success(request, "Retenue levée.")
    if row.patient_id:
        return redirect("retention:patient", row.patient_id)
    return redirect("retention:consult", row.archived_id)


@requires("retention.act")
@require_GET
def comebacks(request: Any) -> HttpResponse:
    """Cards typed again that bear the identity of an archived file of one's circle."""
    found = found_again.lines(keyring=request.keyring)
    journal.record("retention.viewed", details={"what": "comebacks", "count": len(found)})
    return render(request, "retention/comebacks.html", {"lines": found})


@requires("retention.act")
@require_POST
def set_aside(request: Any, comeback_id: int) -> HttpResponse:
    try:
        found_again.set_aside(keyring=request.keyring, author=request.person, comeback_id=comeback_id)
    except Comeback.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Écarté\u00a0: ces deux personnes ne seront plus rapprochées.")
    return redirect("retention:comebacks")
