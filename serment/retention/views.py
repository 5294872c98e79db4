"""Durations: what leaves this month, the archive, destruction in two steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.access.views import again
from serment.billing.models import EndedYear
from serment.journal import services as journal
from serment.operations.models import Run
from serment.patients.selectors import names_of
from serment.privacy import copy, profiles, register
from serment.privacy.rights import add_months
from serment.retention import clock, departures, purges, services, store
from serment.retention.forms import DestroyForm, FindForm, ReasonForm
from serment.retention.models import ArchivedFile, Certificate, Departure, Hold

SHOWN = 100


@requires("retention.view")
@require_GET
def home(request: Any) -> HttpResponse:
    """What leaves this month and after, what ends by other rules, and the rules that say so."""
    today = timezone.localdate()
    month = add_months(today, 1)
    due = list(Departure.objects.filter(leaves_on__lte=month).order_by("leaves_on", "pk")[: SHOWN + 1])
    ids = [row.patient_id for row in due[:SHOWN]]
    names = names_of(keyring=request.keyring, patient_ids=ids)
    waits = clock.waiting(patient_id__in=ids)
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    context = {
        "due": [(row, names.get(row.patient_id), waits.get(row.patient_id, "")) for row in due[:SHOWN]],
        "today": today,
        "more": len(due) > SHOWN,
        "months": departures.by_month(month),
        "night": Run.objects.filter(kind=Run.Kind.UPKEEP).order_by("-started_at").first(),
        "ends": purges.preview(today),
        "years": EndedYear.objects.select_related("practitioner").order_by("-year", "practitioner_id"),
        "rules": profiles.load(register.settings_of_practice().profile).retention.values(),
        "archived": ArchivedFile.objects.count(),
        "ended": len(services.ended(today)),
        "certificates": [(c, people.get(c.author_id, "—")) for c in Certificate.objects.order_by("-at")],
        "apart": store.is_apart(),
        "batch": services.BATCH,
    }
    journal.record("retention.viewed", details={"due": len(due)})
    return render(request, "retention/home.html", context)


@requires("retention.act")
@require_POST
def archive(request: Any) -> HttpResponse:
    """The night's work now, one batch of it; the page is shown again with what is left."""
    try:
        outcome = services.archive_batch(keyring=request.keyring, author=request.person)
    except store.Missing as error:
        messages.error(request, str(error))
        return redirect("retention:home")
    waiting = " ; ".join(f"{count} {reason}" for reason, count in outcome.left.items())
    many = "dossiers archivés" if outcome.archived > 1 else "dossier archivé"
    messages.success(request, f"{outcome.archived} {many}{f', {waiting}' if waiting else ''}.")
    return redirect("retention:home")


@requires("retention.act")
@require_http_methods(["GET", "POST"])
def find(request: Any) -> HttpResponse:
    """The archive is asked with an exact identity; nothing is listed by name. The identity is never in the address."""
    form, found, status = FindForm(request.POST or None), None, 200
    if request.method == "POST":
        if form.is_valid():
            found = services.find(keyring=request.keyring, **form.cleaned_data)
        else:
            status = 422
    return render(request, "retention/find.html", {"form": form, "found": found}, status=status)


@requires("retention.act")
@require_http_methods(["GET", "POST"])
def consult(request: Any, archive_id: int) -> HttpResponse:
    """Open an archived file with a reason, and bring it back if the patient returns."""
    row = get_object_or_404(ArchivedFile.objects.all(), pk=archive_id)
    looks = services.looks(keyring=request.keyring, row=row)
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    form, parts, status = ReasonForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (trouble := again.refused(request, form.cleaned_data["password"])):
            form.add_error("password", trouble)
        if form.is_valid():
            try:
                opened = services.consult(
                    keyring=request.keyring,
                    author=request.person,
                    archive_id=row.pk,
                    reason=form.cleaned_data["reason"],
                )
                parts, status = copy.parts_of(opened), 200
            except (services.Refused, store.Missing) as error:
                form.add_error("reason", str(error))
    context = {
        "row": row,
        "form": form,
        "parts": parts,
        "looks": [(look, people.get(look.person_id, "—"), why) for look, why in looks],
        "holds": row.holds.filter(lifted_at=None),
        "reasons": Hold.Reason.choices,
    }
    return render(request, "retention/consult.html", context, status=status)


@requires("retention.act")
@require_POST
def bring_back(request: Any, archive_id: int) -> HttpResponse:
    row = get_object_or_404(ArchivedFile.objects.all(), pk=archive_id)
    try:
        patient_id = services.bring_back(keyring=request.keyring, author=request.person, archive_id=row.pk)
    except store.Missing as error:
        messages.error(request, str(error))
        return redirect("retention:consult", archive_id)
    messages.success(request, "Le dossier est de nouveau actif.")
    return redirect("record:open", patient_id)


@requires("retention.destroy")
@require_http_methods(["GET", "POST"])
def destroy(request: Any) -> HttpResponse:
    """Two steps: what would go and its code; then the code typed, refused if anything changed in between."""
    found = services.ended()
    form, status = DestroyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.destroy(
                    keyring=request.keyring, author=request.person, code=form.cleaned_data["code"]
                )
                messages.success(request, f"{made.files} dossiers détruits\u00a0: certificat établi.")
                return redirect("retention:home")
            except services.Refused as error:
                form.add_error("code", str(error))
    context = {"found": found, "code": services.confirmation(found), "form": form, "rule": clock.rule()}
    return render(request, "retention/destroy.html", context, status=status)
