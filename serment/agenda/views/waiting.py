"""The waiting room, the day sheet, and a patient's appointments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.agenda import clock, degraded, perms, selectors
from serment.agenda.forms import id_or_none
from serment.journal import services as journal
from serment.patients import panels
from serment.patients.views.identity import patient_context
from serment.practice.models import Practitioner
from serment.vault.ids import encode


def minute() -> int:
    """Whole minutes since 1970: waiting times are said in minutes."""
    return int(timezone.now().timestamp() // 60)


def _chosen(request: Any) -> tuple[list[Practitioner], list[int], str]:
    """(all practitioners, ids of those asked for, the filter as text). Default: all."""
    everyone = selectors.practitioners()
    wanted = id_or_none(request.GET.get("praticien", ""))
    ids = [p.pk for p in everyone if wanted in (None, p.pk)]
    return everyone, ids, encode(wanted) if wanted and ids else ""


def _rows(request: Any, lines: list[selectors.Line]) -> list[tuple[selectors.Line, str, bool]]:
    """(line, address of the patient's page, whether this person may start the consultation)."""
    return [
        (
            line,
            panels.home_of(request, line.row.patient_id) if line.row.patient_id else "",
            perms.may_start(request.person, line.row),
        )
        for line in lines
    ]


@requires("agenda.view")
@require_GET
def waiting(request: Any) -> HttpResponse:
    """The page, or its content alone when it polls. Unchanged within the same minute: 304."""
    tag = f'"{selectors.cursor()}-{minute()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    everyone, ids, chosen = _chosen(request)
    room = selectors.waiting_room(keyring=request.keyring, practitioner_ids=ids)
    context = {
        "groups": [
            ("En salle d’attente", _rows(request, room.waiting), "Personne n’attend."),
            ("En consultation", _rows(request, room.inside), "Personne n’est en consultation."),
            ("Attendus", _rows(request, room.expected), "Plus personne n’est attendu aujourd’hui."),
        ],
        "practitioners": everyone,
        "chosen": chosen,
    }
    if request.htmx:
        response = render(request, "agenda/waiting_rows.html", context)
    else:
        journal.record("agenda.viewed", details={"what": "waiting", "count": len(room.waiting)})
        response = render(request, "agenda/waiting.html", context)
    response["ETag"] = tag
    return response


@requires("agenda.view")
@require_GET
def sheet(request: Any) -> HttpResponse:
    """One day as a list that can be printed, and that works without scripts."""
    on = clock.day_of(request.GET.get("date"))
    everyone, ids, chosen = _chosen(request)
    lines = selectors.day(keyring=request.keyring, practitioner_ids=ids, on=on)
    held = [line for line in lines if line.row.state != "cancelled"]
    groups = [
        (person, [line for line in held if line.row.practitioner_id == person.pk])
        for person in everyone
        if person.pk in ids
    ]
    journal.record("agenda.printed", details={"day": on.isoformat(), "count": len(lines)})
    context = {
        "on": on,
        "groups": groups,
        "cancelled": [line for line in lines if line.row.state == "cancelled"],
        "practitioners": everyone,
        "chosen": chosen,
        "before": on.fromordinal(on.toordinal() - 1),
        "after": on.fromordinal(on.toordinal() + 1),
        "now": timezone.now(),
    }
    return render(request, "agenda/sheet.html", context)


@requires("agenda.view")
@require_http_methods(["GET", "POST"])
def emergency(request: Any) -> HttpResponse:
    """Degraded mode: a day as an encrypted PDF, to keep where the practice chose."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    on, error = clock.day_of(request.POST.get("date"), tomorrow), ""
    if request.method == "POST":
        try:
            content = degraded.sheet(
                keyring=request.keyring,
                practice=request.practice,
                on=on,
                secret=request.POST.get("secret", ""),
            )
            degraded.leave(content, on)
            response = HttpResponse(content, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="secours-{on:%Y-%m-%d}.pdf"'
            return response
        except degraded.WeakSecret as refused:
            error = str(refused)
    context = {
        "on": on,
        "error": error,
        "folder": settings.DEGRADED_DIR is not None,
        "least": degraded.SECRET_LENGTH,
    }
    return render(request, "agenda/emergency.html", context, status=422 if error else 200)


@requires("agenda.view")
@require_GET
def of_patient(request: Any, patient_id: int) -> HttpResponse:
    """The tab « Rendez-vous » of a patient's page."""
    context = patient_context(request, patient_id, "agenda")
    rows = selectors.of_patient(patient_id=patient_id)
    now = timezone.now()
    journal.record("agenda.opened", subject_id=patient_id, details={"count": len(rows)})
    context["groups"] = [
        ("À venir", [r for r in reversed(rows) if r.start >= now and r.state != "cancelled"]),
        ("Passés et annulés", [r for r in rows if r.start < now or r.state == "cancelled"]),
    ]
    return render(request, "agenda/patient.html", context)
