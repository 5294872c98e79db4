"""Create, read and change a patient's identity."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients import panels, perms, places, representatives, restrictions, selectors, services
from serment.patients.forms import PatientForm, initial_of
from serment.patients.models import Patient
from serment.practice.models import Circle
from serment.vault import ids


def _form(request: Any, data: Any = None, initial: Any = None) -> PatientForm:
    return PatientForm(
        data,
        initial=initial,
        coverage=perms.may_enter_coverage(request),
        care=perms.may_enter_ins(request),
        demo=request.practice.is_demo,
    )


_PREFILLED = ("birth_family_name", "first_given_name", "birth_date", "sex")


def _result_of(target: str) -> int | None:
    """The result that waits for this patient, of « resultat=… »."""
    name, _, text = target.partition("=")
    try:
        return ids.decode(text) if name == "resultat" else None
    except ValueError:
        return None


@requires("patients.edit")
@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    """``prefill`` posts what another page knows of the identity, to be read and completed: nothing is created yet.

    ``slot`` is where the person comes back to: an appointment to give, a result to file.
    """
    prefilled = "prefill" in request.POST
    first = {name: request.POST.get(name, "") for name in _PREFILLED} if prefilled else {"sex": "F"}
    form = _form(request, None if prefilled else request.POST or None, initial=first)
    status, duplicates, warnings, past = 200, [], [], []
    if request.method == "POST" and not prefilled:
        status = 422
        if form.is_valid():
            identity, coverage = form.identity(), form.coverage()
            duplicates = selectors.duplicates_of(
                keyring=request.keyring, identity=identity, nir_value=coverage.nir if coverage else ""
            )
            warnings, past = form.warnings(), panels.past_of(request, identity)
            if not (duplicates or warnings or past) or request.POST.get("anyway"):
                patient = services.create_patient(
                    keyring=request.keyring,
                    author=request.person,
                    identity=identity,
                    coverage=coverage,
                    ins=form.ins(),
                    circle_ids=perms.circles_for(request),
                )
                messages.success(request, "Patient créé.")
                target = request.POST.get("slot", "")
                if target.startswith("debut="):
                    return redirect(f"{reverse('agenda:new')}?patient={ids.encode(patient.pk)}&{target}")
                if result := _result_of(target):
                    return redirect("results:match", result)
                return redirect(panels.home_of(request, patient.pk))
    context = {
        "form": form,
        "duplicates": duplicates,
        "warnings": warnings,
        "past": past,
        "circles": [] if request.person.practitioner else Circle.objects.order_by("pk"),
        "slot": request.POST.get("slot") or request.GET.urlencode(),
    }
    return render(request, "patients/new.html", context, status=status)


@requires("patients.edit")
@require_POST
def check(request: Any) -> HttpResponse:
    """When a field is left: that field with its error, odd combinations, and patients who may be the same person."""
    form = _form(request, request.POST)
    form.is_valid()
    field = request.headers.get("HX-Trigger-Name", "")
    if field in form.fields:
        # The page moved on to the next field: the one put back must not take the focus again.
        form.fields[field].widget.attrs.pop("autofocus", None)
    context: dict[str, Any] = {
        "form": form,
        "changed": form[field] if field in form.fields else None,
        "warnings": form.warnings(),
        "duplicates": _lookalikes(request, form),
        "past": panels.past_of(request, form.identity()) if _is_named(form) else [],
    }
    if field == "postal_code":
        context["communes"] = places.communes_of(request.POST.get("postal_code", ""))
    if field == "birth_place_code":
        context["birth_places"] = places.birth_places(request.POST.get("birth_place_code", ""))
    return render(request, "patients/check.html", context)


def _is_named(form: PatientForm) -> bool:
    return all(form.cleaned_data.get(n) for n in ("birth_family_name", "first_given_name", "birth_date"))


def _lookalikes(request: Any, form: PatientForm) -> list[Any]:
    """Possible doubles of a form that is not finished: as soon as it has a name and a birth date."""
    if not _is_named(form):
        return []
    coverage = form.coverage()
    try:
        but = ids.decode(request.POST.get("but", ""))
    except ValueError:
        but = None
    return selectors.duplicates_of(
        keyring=request.keyring,
        identity=form.identity(),
        nir_value=coverage.nir if coverage else "",
        but=but,
    )


def _card(request: Any, patient_id: int) -> selectors.PatientCard:
    restrictions.require_readable(request, patient_id)
    try:
        return selectors.card(keyring=request.keyring, patient_id=patient_id)
    except Patient.DoesNotExist:
        raise Http404 from None


def patient_context(request: Any, patient_id: int, tab: str) -> dict[str, Any]:
    """What `patients/base_patient.html` needs, for every room that extends it. Raises Http404, NoKey."""
    return {
        "card": _card(request, patient_id),
        "tabs": panels.tabs_for(request, patient_id, tab),
        "alerts": panels.alerts_for(request, patient_id),
    }


@requires("patients.view")
@require_GET
def detail(request: Any, patient_id: int) -> HttpResponse:
    context = patient_context(request, patient_id, "identity")
    context["acting"] = representatives.of(context["card"].identity, timezone.localdate())
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
                    identity=form.identity(context["card"].identity),
                    coverage=form.coverage(context["card"].coverage),
                    ins=form.ins(context["card"]),
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
    if request.method == "GET":
        journal.record("patient.viewed", subject_id=patient_id, details={"what": "edit"})
    return render(request, "patients/edit.html", {**context, "form": form}, status=status)


@requires("patients.edit")
@require_POST
def confirm(request: Any, patient_id: int) -> HttpResponse:
    """« Toujours la même adresse, le même numéro ? » – yes. Back to where it was asked."""
    try:
        services.confirm_contacts(keyring=request.keyring, patient_id=patient_id)
    except Patient.DoesNotExist:
        raise Http404 from None
    messages.success(request, "Coordonnées confirmées aujourd’hui.")
    if request.POST.get("from") == "waiting":
        return redirect("agenda:waiting")
    return redirect("patients:detail", patient_id)
