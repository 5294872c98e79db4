"""Create, read and change a patient's identity; its versions; who looked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.journal import actions
from serment.journal import selectors as journal_selectors
from serment.journal import services as journal
from serment.patients import panels, perms, selectors, services
from serment.patients.forms import PatientForm, initial_of
from serment.patients.models import Patient, PatientVersion
from serment.practice.models import Circle
from serment.vault.domains import Domain

TRACE_PAGE = 100


def _form(request: Any, data: Any = None, initial: Any = None) -> PatientForm:
    return PatientForm(
        data,
        initial=initial,
        coverage=perms.may_enter_coverage(request),
        care=perms.may_enter_ins(request),
        demo=request.practice.is_demo,
    )


def _circles(request: Any) -> list[int]:
    """Who will follow a new patient: the author's circle; from the desk, the circles ticked, or the first."""
    if request.person.practitioner:
        return [request.person.practitioner.circle_id]
    known = list(Circle.objects.order_by("pk").values_list("pk", flat=True))
    ticked = [int(pk) for pk in request.POST.getlist("circles") if pk.isdigit() and int(pk) in known]
    return ticked or known[:1]


@requires("patients.edit")
@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    form = _form(request, request.POST or None, initial={"sex": "F"})
    status, duplicates, warnings = 200, [], []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            identity, coverage = form.identity(), form.coverage()
            duplicates = selectors.duplicates_of(
                keyring=request.keyring, identity=identity, nir_value=coverage.nir if coverage else ""
            )
            warnings = form.warnings()
            if (not duplicates and not warnings) or request.POST.get("anyway"):
                patient = services.create_patient(
                    keyring=request.keyring,
                    author=request.person,
                    identity=identity,
                    coverage=coverage,
                    ins=form.ins(),
                    circle_ids=_circles(request),
                )
                messages.success(request, "Patient créé.")
                target = request.POST.get("slot", "")
                if target.startswith("debut="):
                    return redirect(f"{reverse('agenda:new')}?patient={patient.pk}&{target}")
                return redirect(panels.home_of(request, patient.pk))
    context = {
        "form": form,
        "duplicates": duplicates,
        "warnings": warnings,
        "circles": [] if request.person.practitioner else Circle.objects.order_by("pk"),
        "slot": request.POST.get("slot") or request.GET.urlencode(),
    }
    return render(request, "patients/new.html", context, status=status)


@requires("patients.edit")
@require_POST
def check(request: Any) -> HttpResponse:
    """While the form is being filled: patients who may be the same person."""
    form = _form(request, request.POST)
    form.is_valid()
    found: list[Any] = []
    data = form.cleaned_data
    if all(data.get(name) for name in ("birth_family_name", "first_given_name", "birth_date")):
        for name in form.fields:
            data.setdefault(name, "")
        coverage = form.coverage()
        found = selectors.duplicates_of(
            keyring=request.keyring,
            identity=form.identity(),
            nir_value=coverage.nir if coverage else "",
            but=int(request.POST["but"]) if request.POST.get("but", "").isdigit() else None,
        )
    return render(request, "patients/duplicates.html", {"duplicates": found})


def _card(request: Any, patient_id: int) -> selectors.PatientCard:
    get_object_or_404(Patient.objects.only("pk"), pk=patient_id)
    return selectors.card(keyring=request.keyring, patient_id=patient_id)


def patient_context(request: Any, patient_id: int, tab: str) -> dict[str, Any]:
    """What `patients/base_patient.html` needs, for every room that extends it. Raises Http404, NoKey."""
    return {
        "card": _card(request, patient_id),
        "tabs": panels.tabs_for(request, patient_id),
        "tab": tab,
        "alerts": panels.alerts_for(request, patient_id),
    }


@requires("patients.view")
@require_GET
def detail(request: Any, patient_id: int) -> HttpResponse:
    context = patient_context(request, patient_id, "identity")
    context["shows_ins"] = perms.may_enter_ins(request)
    journal.record("patient.viewed", subject_id=patient_id)
    return render(request, "patients/detail.html", context)


@requires("patients.edit")
@require_http_methods(["GET", "POST"])
def edit(request: Any, patient_id: int) -> HttpResponse:
    context = patient_context(request, patient_id, "identity")
    form = _form(request, request.POST or None, initial=initial_of(context["card"]))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.update_patient(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    version=form.cleaned_data.get("version") or 0,
                    identity=form.identity(),
                    coverage=form.coverage(),
                    ins=form.ins(),
                )
                for warning in form.warnings():
                    messages.warning(request, warning)
                messages.success(request, "Modifications enregistrées.")
                return redirect("patients:detail", patient_id)
            except services.ChangedMeanwhile:
                form.add_error(
                    None,
                    "Quelqu’un d’autre a modifié cette fiche entre-temps. Votre saisie est encore ici : ouvrez la "
                    "fiche dans un autre onglet, comparez, puis enregistrez de nouveau.",
                )
                form.data = form.data.copy()
                form.data["version"] = str(context["card"].version)
    return render(request, "patients/edit.html", {**context, "form": form}, status=status)


@requires("patients.edit")
@require_GET
def history(request: Any, patient_id: int) -> HttpResponse:
    """Older versions, each with what differs from the one after."""
    context = patient_context(request, patient_id, "identity")
    keys = request.keyring.subject_keys([patient_id], Domain.ADMIN)
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    after, versions = context["card"].identity, []
    for row in PatientVersion.objects.filter(patient_id=patient_id).order_by("-number"):
        before = keys.open(row, "identity") if row.identity is not None else after
        versions.append((row, people.get(row.author_id, "—"), _differences(before, after)))
        after = before
    journal.record("patient.viewed", subject_id=patient_id, details={"what": "history"})
    return render(request, "patients/history.html", {**context, "versions": versions})


def _differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """(label, old, new) of the fields that changed."""
    labels = {name: field.label or name for name, field in PatientForm.base_fields.items()}
    old = {**before.model_dump(exclude={"contact"}), **before.contact.model_dump()}
    new = {**after.model_dump(exclude={"contact"}), **after.contact.model_dump()}
    shown = (name for name in new if name in labels and old[name] != new[name])
    return [(str(labels[name]), str(old[name] or "—"), str(new[name] or "—")) for name in shown]


@requires("patients.trace")
@require_GET
def trace(request: Any, patient_id: int) -> HttpResponse:
    """Who looked at this patient, and when: the journal, by subject (R9.8)."""
    context = patient_context(request, patient_id, "trace")
    before = request.GET.get("avant", "")
    events = list(
        journal_selectors.events(subject_id=patient_id, before=int(before) if before.isdigit() else None)[
            :TRACE_PAGE
        ]
    )
    people = {p.pk: p for p in Person.objects.select_related("practitioner")}
    rows = [
        {
            "event": event,
            "label": actions.label(event.action),
            "who": people[event.actor_id].display_name if event.actor_id in people else "—",
            "profile": people[event.actor_id].profile_label if event.actor_id in people else "",
        }
        for event in events
    ]
    journal.record("patient.traced", subject_id=patient_id)
    context["rows"] = rows
    context["next_before"] = events[-1].seq if len(events) == TRACE_PAGE else None
    return render(request, "patients/trace.html", context)
