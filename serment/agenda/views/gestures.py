"""Moves by mouse or keyboard, and the states of an appointment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from serment.access.rules import requires
from serment.agenda import clock, perms, services, slots
from serment.agenda.forms import id_or_none
from serment.agenda.models import Appointment
from serment.agenda.views import appointment as pages
from serment.practice.models import Practitioner
from serment.vault.ids import encode

CHANGED = "agenda:changed"


def _version(request: Any) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@requires("agenda.edit")
@require_POST
def move(request: Any) -> HttpResponse:
    """``id``, ``start``, ``end``, ``practitioner``, ``version`` → ``{"version": n}``, or 404, 409, 422 with
    ``{"error": …}``. ``warning`` is given too when the new time is outside of working hours.
    """
    appointment_id = id_or_none(request.POST.get("id", ""))
    practitioner = Practitioner.objects.filter(
        pk=id_or_none(request.POST.get("practitioner", "")), active=True
    ).first()
    if practitioner is None:
        return JsonResponse({"error": "Ce praticien n’a pas d’agenda ici."}, status=422)
    try:
        start = clock.parse(request.POST.get("start", ""))
        end = clock.parse(request.POST.get("end", ""))
        row = services.move(
            appointment_id=appointment_id or 0,
            version=_version(request),
            start=start,
            end=end,
            practitioner=practitioner,
        )
    except Appointment.DoesNotExist:
        return JsonResponse({"error": "Ce rendez-vous n’existe plus."}, status=404)
    except (services.SlotTaken, services.ChangedMeanwhile) as error:
        return JsonResponse({"error": str(error)}, status=409)
    except (services.Refused, clock.NoSuchTime) as error:
        return JsonResponse({"error": str(error)}, status=422)
    warnings = slots.warnings_for(practitioner=practitioner, start=row.start, end=row.end)
    return JsonResponse({"version": row.version, **({"warning": " ".join(warnings)} if warnings else {})})


@requires("agenda.edit")
@require_POST
def state(request: Any, appointment_id: int) -> HttpResponse:
    """``state`` (or ``undo``), ``reason`` for a cancellation, ``version``. From the panel: 204 and a signal."""
    get_object_or_404(Appointment.objects.only("pk"), pk=appointment_id)
    wanted = request.POST.get("state", "")
    try:
        if wanted == "undo":
            services.undo(appointment_id=appointment_id, version=_version(request))
        elif wanted in Appointment.State.values and wanted != Appointment.State.BOOKED:
            services.set_state(
                appointment_id=appointment_id,
                version=_version(request),
                state=wanted,
                reason=request.POST.get("reason", "") if wanted == Appointment.State.CANCELLED else "",
            )
        else:
            raise services.Refused("Cet état n’existe pas.")
    except services.Refused as error:
        if request.htmx:
            return pages.show(request, appointment_id, error=str(error), status=422)
        messages.error(request, str(error))
    if request.htmx:
        return changed()
    return redirect(_back(request, appointment_id))


def changed() -> HttpResponse:
    """The gesture is done: the page closes its panel and asks for the changes."""
    return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})


def _back(request: Any, appointment_id: int) -> str:
    """Where a plain form returns to: the waiting room, the day sheet, or the appointment. Never another site."""
    back = request.POST.get("back", "")
    if back in ("waiting", "list", "week"):
        return reverse(f"agenda:{back}")
    return reverse("agenda:appointment", args=[appointment_id])


@requires("record.write")
@require_POST
def start(request: Any, appointment_id: int) -> HttpResponse:
    """Begin the consultation, then open it in the record.

    Someone of another care circle changes nothing here: the record itself refuses them.
    """
    row = get_object_or_404(Appointment.objects, pk=appointment_id)
    if row.patient_id is None:
        messages.error(request, "Cette personne n’a pas encore de fiche : créez-la d’abord.")
        return redirect("agenda:appointment", appointment_id)
    if perms.follows(request.keyring, row.patient_id):
        try:
            services.start(appointment_id=appointment_id)
        except services.Refused as error:
            messages.error(request, str(error))
            return redirect("agenda:appointment", appointment_id)
    return redirect(f"{reverse('record:consultation', args=[row.patient_id])}?rdv={encode(row.pk)}")
