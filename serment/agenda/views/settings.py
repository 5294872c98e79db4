"""Settings of the agenda: types, working hours, absences."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.agenda import clock, schedule, selectors, services
from serment.agenda.forms import AbsenceForm, TypeForm, id_or_none
from serment.agenda.models import Absence, AppointmentType, WorkingHours
from serment.formats.dates import DAYS
from serment.practice.models import Practitioner
from serment.vault.ids import encode

INTERVALS = 3  # a day has at most so many in the form


def _of(request: Any, everyone: list[Practitioner]) -> Practitioner | None:
    """Whose hours are shown: the one asked for, oneself, or the first."""
    wanted = id_or_none(request.GET.get("praticien") or request.POST.get("practitioner") or "")
    if wanted is None and request.person.practitioner:
        wanted = request.person.practitioner_id
    return next((p for p in everyone if p.pk == wanted), everyone[0] if everyone else None)


def _week_form(practitioner: Practitioner | None) -> list[dict[str, Any]]:
    """Seven days of INTERVALS pairs of times, as the form shows them."""
    rows = WorkingHours.objects.filter(practitioner=practitioner, valid_from=None, valid_to=None)
    held: dict[int, list[WorkingHours]] = {}
    for row in rows.order_by("start"):
        held.setdefault(row.weekday, []).append(row)
    return [
        {
            "weekday": weekday,
            "label": DAYS[weekday - 1].capitalize(),
            "pairs": [
                (n, f"{rows[n].start:%H:%M}", f"{rows[n].end:%H:%M}") if n < len(rows) else (n, "", "")
                for rows in [held.get(weekday, [])]
                for n in range(INTERVALS)
            ],
        }
        for weekday in range(1, 8)
    ]


def _page(request: Any, status: int = 200, **forms: Any) -> HttpResponse:
    everyone = selectors.practitioners()
    practitioner = _of(request, everyone)
    context = {
        "practitioners": everyone,
        "practitioner": practitioner,
        "days": _week_form(practitioner),
        "types": AppointmentType.objects.select_related("practitioner").order_by("-active", "label"),
        "absences": Absence.objects.filter(end__gte=timezone.now())
        .select_related("practitioner")
        .order_by("start"),
        "type_form": forms.get("type_form") or TypeForm(practitioners=everyone),
        "absence_form": forms.get("absence_form")
        or AbsenceForm(
            practitioners=everyone,
            initial={"practitioner": encode(practitioner.pk) if practitioner else ""},
        ),
    }
    return render(request, "agenda/settings.html", context, status=status)


@requires("agenda.settings")
@require_GET
def settings(request: Any) -> HttpResponse:
    return _page(request)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise services.Refused("Une heure ne se lit pas : écrivez-la comme 08:30.") from None


@requires("agenda.settings")
@require_POST
def hours(request: Any) -> HttpResponse:
    """The whole week of a practitioner at once: fields ``open-1-0`` and ``close-1-0`` (day, interval)."""
    practitioner = get_object_or_404(
        Practitioner.objects, pk=id_or_none(request.POST.get("practitioner", ""))
    )
    intervals = []
    try:
        for weekday in range(1, 8):
            for n in range(INTERVALS):
                opens = request.POST.get(f"open-{weekday}-{n}", "").strip()
                closes = request.POST.get(f"close-{weekday}-{n}", "").strip()
                if opens and closes:
                    intervals.append((weekday, _time(opens), _time(closes)))
                elif opens or closes:
                    raise services.Refused(f"{DAYS[weekday - 1].capitalize()} : il manque une heure.")
        schedule.set_hours(practitioner=practitioner, intervals=intervals)
        messages.success(request, "Horaires enregistrés.")
    except services.Refused as error:
        messages.error(request, f"Les horaires n’ont pas été changés. {error}")
    return redirect(f"{reverse('agenda:settings')}?praticien={encode(practitioner.pk)}")


@requires("agenda.settings")
@require_POST
def absence_new(request: Any) -> HttpResponse:
    form = AbsenceForm(request.POST, practitioners=selectors.practitioners())
    if not form.is_valid():
        return _page(request, 422, absence_form=form)
    data = form.cleaned_data
    _, standing = schedule.add_absence(
        practitioner=data["practitioner"], start=data["start"], end=data["end"], reason=data["reason"]
    )
    messages.success(request, "Absence enregistrée.")
    if standing:
        messages.warning(
            request,
            f"{standing} rendez-vous {'sont déjà donnés' if standing > 1 else 'est déjà donné'} pendant cette "
            "absence : déplacez-les ou annulez-les.",
        )
    return (
        redirect(f"{reverse('agenda:week')}?date={clock.wall(data['start']):%Y-%m-%d}")
        if standing
        else redirect("agenda:settings")
    )


@requires("agenda.settings")
@require_POST
def absence_delete(request: Any, absence_id: int) -> HttpResponse:
    get_object_or_404(Absence.objects.only("pk"), pk=absence_id)
    schedule.remove_absence(absence_id=absence_id)
    messages.success(request, "Absence supprimée.")
    return redirect("agenda:settings")


@requires("agenda.settings")
@require_POST
def type_new(request: Any) -> HttpResponse:
    form = TypeForm(request.POST, practitioners=selectors.practitioners())
    if not form.is_valid():
        return _page(request, 422, type_form=form)
    schedule.save_type(row=AppointmentType(), **form.cleaned_data)
    messages.success(request, "Type de rendez-vous ajouté.")
    return redirect("agenda:settings")


@requires("agenda.settings")
@require_http_methods(["GET", "POST"])
def type_edit(request: Any, type_id: int) -> HttpResponse:
    row = get_object_or_404(AppointmentType.objects, pk=type_id)
    form = TypeForm(request.POST or None, instance=row, practitioners=selectors.practitioners())
    if request.method == "POST" and form.is_valid():
        schedule.save_type(row=row, **form.cleaned_data)
        messages.success(request, "Type de rendez-vous modifié.")
        return redirect("agenda:settings")
    status = 422 if request.method == "POST" else 200
    return render(request, "agenda/type.html", {"form": form, "row": row}, status=status)
