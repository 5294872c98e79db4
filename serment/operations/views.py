"""The machine as the practice and its technician see it: backups, checks, interventions. No patient's data here."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access import arrivals
from serment.access.models import Person
from serment.access.rules import requires
from serment.agenda.degraded import WeakSecret
from serment.journal import services as journal
from serment.operations import backup, installation, spare, state
from serment.operations.forms import CloseForm, EquipmentForm, OpenForm, SpareForm
from serment.operations.models import Equipment, Intervention, Run


@requires("operations.view")
@require_GET
def home(request: Any) -> HttpResponse:
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    interventions = list(Intervention.objects.order_by("-opened_at")[:50])
    gestures = state.gestures(interventions)
    context = {
        "findings": installation.findings(),
        "runs": Run.objects.order_by("-started_at")[:20],
        "folder_known": backup.folder().exists(),
        "interventions": [(row, people.get(row.agreed_by, "—"), gestures[row.pk]) for row in interventions],
        "equipment": Equipment.objects.order_by("disposed_on", "kind", "label"),
        "now": timezone.now(),
    }
    journal.record("operations.viewed")
    return render(request, "operations/home.html", context)


@requires("operations.view")
@require_GET
def service_state(request: Any) -> HttpResponse:
    """What the service is and what went wrong lately: codes only, for a technician who holds no key."""
    lines = state.log()
    journal.record("operations.viewed", details={"what": "state", "lines": len(lines)})
    context = {
        "facts": state.facts(),
        "dropped": installation.results(),
        "lines": lines,
        "shown": state.SHOWN,
    }
    return render(request, "operations/state.html", context)


def start_backup() -> None:
    """In a process of its own: it may take minutes, the page need not wait."""
    subprocess.Popen(
        [sys.executable, "-m", "serment", "backup"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@requires("operations.run")
@require_POST
def back_up(request: Any) -> HttpResponse:
    with transaction.atomic():
        journal.record("operations.backup_asked")
    start_backup()
    messages.success(request, "Sauvegarde lancée\u00a0: son résultat s’inscrit ici dès qu’elle est finie.")
    return redirect("operations:home")


@requires("operations.manage")
@require_http_methods(["GET", "POST"])
def open_intervention(request: Any) -> HttpResponse:
    form, status = OpenForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            row = form.save(commit=False)
            row.agreed_by = request.person.pk
            row.ends_at = timezone.now() + timedelta(hours=int(form.cleaned_data["hours"]))
            row.save()
            journal.record("operations.intervention_opened", object_id=row.pk, details={"remote": row.remote})
            messages.success(request, "Intervention ouverte et inscrite à la main courante.")
            return redirect("operations:home")
    context = {"form": form, "title": "Ouvrir une intervention"}
    return render(request, "operations/form.html", context, status=status)


@requires("operations.manage")
@require_http_methods(["GET", "POST"])
def spare_sheets(request: Any) -> HttpResponse:
    """The secret of the sheets that are left ready, and where they go."""
    form, status = SpareForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                secret = form.cleaned_data["secret"]
                spare.choose(keyring=request.keyring, author=request.person, secret=secret)
                arrivals.welcome(request.person, request.keyring)
                done = (
                    "Feuilles de secours réglées."
                    if secret
                    else "Plus aucune feuille de secours n’est déposée."
                )
                messages.success(request, done)
                return redirect("operations:home")
            except WeakSecret as error:
                form.add_error("secret", str(error))
    context = {
        "form": form,
        "title": "Feuilles de secours",
        "folder": settings.DEGRADED_DIR,
        "on": spare.chosen(),
    }
    return render(request, "operations/spare.html", context, status=status)


@requires("operations.manage")
@require_http_methods(["GET", "POST"])
def equipment(request: Any, equipment_id: int | None = None) -> HttpResponse:
    """Add or change one line of the hardware register."""
    row = get_object_or_404(Equipment.objects.all(), pk=equipment_id) if equipment_id else None
    form, status = EquipmentForm(request.POST or None, instance=row), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = form.save()
            journal.record("operations.equipment", object_id=made.pk, details={"fields": form.changed_data})
            messages.success(request, "Matériel enregistré.")
            return redirect("operations:home")
    context = {"form": form, "title": row.label if row else "Ajouter un matériel"}
    return render(request, "operations/form.html", context, status=status)


@requires("operations.manage")
@require_http_methods(["GET", "POST"])
def close_intervention(request: Any, intervention_id: int) -> HttpResponse:
    row = get_object_or_404(Intervention.objects.all(), pk=intervention_id)
    form, status = CloseForm(request.POST or None), 200
    if request.method == "POST" and row.closed_at is None:
        status = 422
        if form.is_valid():
            row.report, row.closed_at, row.closed_by = (
                form.cleaned_data["report"],
                timezone.now(),
                request.person.pk,
            )
            row.save(update_fields=["report", "closed_at", "closed_by"])
            journal.record("operations.intervention_closed", object_id=row.pk)
            messages.success(request, "Intervention close.")
            return redirect("operations:home")
    context = {"form": form, "title": f"Clore l’intervention\u00a0: {row.goal}"}
    return render(request, "operations/form.html", context, status=status)
