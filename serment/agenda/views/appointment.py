"""One appointment: its panel, giving it, changing it, the next free slots."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.agenda import clock, perms, selectors, services
from serment.agenda import slots as free
from serment.agenda.forms import AppointmentForm, id_or_none, slot_initial
from serment.agenda.models import Appointment
from serment.journal import services as journal
from serment.patients import panels
from serment.patients.selectors import names_of
from serment.patients.views.search import journalled_search
from serment.practice.models import Practitioner
from serment.vault.ids import encode

# What the panel offers in each state: (state, label, icon, is the expected next step).
STEPS = {
    "booked": (
        ("arrived", "Arrivé", "user", True),
        ("in_consultation", "En consultation", "stethoscope", False),
    ),
    "arrived": (
        ("in_consultation", "En consultation", "stethoscope", True),
        ("done", "Terminé", "circle-check", False),
    ),
    "in_consultation": (("done", "Terminé", "circle-check", True),),
    "missed": (("arrived", "Arrivé", "user", False),),
}
MISSABLE = ("booked", "arrived")


def show(request: Any, appointment_id: int, *, error: str = "", status: int = 200) -> HttpResponse:
    """The panel of an appointment, or its page where there is no panel."""
    line = selectors.one(keyring=request.keyring, appointment_id=appointment_id)
    state, can_start = line.row.state, perms.may_start(request.person, line.row)
    context = {
        "line": line,
        "row": line.row,
        "when": clock.span(line.row.start, line.row.end),
        "steps": [s for s in STEPS.get(state, ()) if not (can_start and s[0] == "in_consultation")],
        "can_miss": state in MISSABLE,
        "can_undo": state != "booked",
        "can_start": can_start,
        "reasons": Appointment.CancelReason.choices,
        "home": panels.home_of(request, line.row.patient_id) if line.row.patient_id else "",
        "error": error,
        "panel": bool(request.htmx),
    }
    name = "agenda/appointment_panel.html" if request.htmx else "agenda/appointment.html"
    return render(request, name, context, status=status)


@requires("agenda.view")
@require_GET
def detail(request: Any, appointment_id: int) -> HttpResponse:
    row = get_object_or_404(Appointment.objects.only("pk", "patient_id"), pk=appointment_id)
    response = show(request, appointment_id)
    journal.record("agenda.opened", subject_id=row.patient_id, object_id=row.pk)
    return response


def _form(request: Any, **kwargs: Any) -> AppointmentForm:
    return AppointmentForm(practitioners=selectors.practitioners(), types=selectors.types_for(), **kwargs)


def _moment(text: str | None) -> datetime | None:
    try:
        return clock.parse(text) if text else None
    except clock.NoSuchTime:
        return None


def _first(request: Any, *names: str) -> str:
    return next((request.GET[name] for name in names if request.GET.get(name)), "")


def _initial(request: Any) -> dict[str, Any]:
    """From the address: start, end, practitioner and patient; debut, fin, praticien and type from other rooms."""
    start = _moment(_first(request, "start", "debut"))
    found = slot_initial(start, _moment(_first(request, "end", "fin")))
    practitioner = id_or_none(_first(request, "practitioner", "praticien"))
    if practitioner is None and request.person.practitioner:
        practitioner = request.person.practitioner_id
    patient = id_or_none(_first(request, "patient"))
    for name, value in (
        ("practitioner", practitioner),
        ("patient", patient),
        ("type", id_or_none(_first(request, "type"))),
    ):
        if value is not None:
            found[name] = encode(value)
    return found


@requires("agenda.edit")
@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    if request.method == "GET":
        return _render_form(request, _form(request, initial=_initial(request)), None)
    return _submit(request, None)


@requires("agenda.edit")
@require_http_methods(["GET", "POST"])
def edit(request: Any, appointment_id: int) -> HttpResponse:
    get_object_or_404(Appointment.objects.only("pk"), pk=appointment_id)
    line = selectors.one(keyring=request.keyring, appointment_id=appointment_id)
    if request.method == "POST":
        return _submit(request, line)
    row = line.row
    initial = {
        **slot_initial(row.start, row.end),
        "practitioner": encode(row.practitioner_id),
        "type": encode(row.type_id),
        "home_visit": row.home_visit,
        "note": line.note,
        "name": "" if line.patient else line.name,
        "phone": "" if line.patient else line.phone,
        "patient": encode(row.patient_id) if row.patient_id else "",
    }
    return _render_form(request, _form(request, initial=initial), line)


def _submit(request: Any, line: selectors.Line | None) -> HttpResponse:
    """The form was sent: by a button that only prepares it again, or to be done."""
    if "slot" in request.POST or "find" in request.POST or "change_patient" in request.POST:
        return _render_form(request, _form(request, initial=_prepared(request)), line)
    if "new_patient" in request.POST:
        return _to_new_patient(request)
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _render_form(request, form, line, status=422)
    data = form.cleaned_data
    warnings = free.warnings_for(practitioner=data["practitioner"], start=data["start"], end=data["end"])
    if warnings and "anyway" not in request.POST:
        return _render_form(request, form, line, warnings=warnings, status=422)
    wanted = {
        key: data[key]
        for key in ("practitioner", "type", "start", "end", "note", "home_visit", "name", "phone")
    }
    try:
        if line is None:
            row = services.book(
                keyring=request.keyring, author=request.person, patient_id=data["patient"], **wanted
            )
        else:
            version = request.POST.get("version", "")
            row = services.change(
                keyring=request.keyring,
                appointment_id=line.row.pk,
                version=int(version) if version.isascii() and version.isdigit() else -1,
                patient_id=data["patient"],
                **wanted,
            )
    except services.Refused as error:
        form.add_error(None, str(error))
        return _render_form(request, form, line, status=422)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "agenda:changed"})
    messages.success(request, "Rendez-vous enregistré.")
    return redirect(f"{reverse('agenda:week')}?date={clock.wall(row.start):%Y-%m-%d}")


def _prepared(request: Any) -> dict[str, Any]:
    """What was typed, with the slot that was chosen among the free ones."""
    found = {name: request.POST.get(name, "") for name in AppointmentForm.base_fields}
    found["home_visit"] = bool(request.POST.get("home_visit"))
    chosen = _moment(request.POST.get("slot"))
    if chosen:
        found.update(date=clock.wall(chosen).date(), time=clock.wall(chosen).time())
    if "change_patient" in request.POST:
        found["patient"] = ""
    return found


def _to_new_patient(request: Any) -> HttpResponse:
    """Create the patient first; the slot comes back with them (`patients:new` keeps what follows « debut= »)."""
    slot = {"debut": f"{request.POST.get('date', '')[:10]}T{request.POST.get('time', '')[:5]}"}
    for name, key in (("praticien", "practitioner"), ("type", "type")):
        value = id_or_none(request.POST.get(key, ""))
        if value is not None:
            slot[name] = encode(value)
    url = f"{reverse('patients:new')}?{urlencode(slot)}"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _render_form(
    request: Any,
    form: AppointmentForm,
    line: selectors.Line | None,
    *,
    warnings: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    patient_id = id_or_none(str(form["patient"].value() or ""))
    known = names_of(keyring=request.keyring, patient_ids=[patient_id]) if patient_id else {}
    text = request.POST.get("q", "")[:100] if "find" in request.POST else ""
    context = {
        "form": form,
        "line": line,
        "chosen": known.get(patient_id) if patient_id else None,
        "warnings": warnings or [],
        "hits": journalled_search(request, text, limit=8) if len(text.strip()) >= 2 else [],
        "text": text,
        "panel": bool(request.htmx),
    }
    name = "agenda/form_panel.html" if request.htmx else "agenda/form.html"
    return render(request, name, context, status=status)


@requires("agenda.edit")
@require_GET
def slots(request: Any) -> HttpResponse:
    """The next free slots of a practitioner for a type, from a day on: buttons of the form around it."""
    practitioner = Practitioner.objects.filter(
        pk=id_or_none(request.GET.get("practitioner", "")), active=True
    ).first()
    kinds = {kind.pk: kind for kind in selectors.types_for()}
    kind = kinds.get(id_or_none(request.GET.get("type", "")) or 0)
    found: list[datetime] = []
    if practitioner and kind:
        since = max(timezone.now(), clock.midnight(clock.day_of(request.GET.get("date"))))
        found = free.free_slots(practitioner=practitioner, type=kind, since=since, n=6)
    choices = [(clock.wall(start).isoformat()[:16], clock.wall(start)) for start in found]
    return render(request, "agenda/slots.html", {"choices": choices, "asked": practitioner and kind})
