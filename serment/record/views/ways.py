"""« Trames »: write the ways in which one begins a consultation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.formats.units import MEASURES, TAKEN
from serment.record import models_of_consultation
from serment.record.asked_rows import Rows
from serment.record.models import ConsultationModel


class WayForm(forms.ModelForm):
    measures = forms.MultipleChoiceField(
        label="Mesures montrées d’abord",
        required=False,
        choices=[(code, MEASURES[code].label) for code in TAKEN],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ConsultationModel
        fields = ("label", "reason", "history", "examination", "conclusion", "measures", "shared")
        widgets = {
            name: forms.Textarea({"rows": 3, "data-grow": ""})
            for name in ("history", "examination", "conclusion")
        }


@requires("record.write")
@require_http_methods(["GET", "POST"])
def ways(request: Any) -> HttpResponse:
    """``trame`` names one to begin from. ``do``: a gesture on the rows of its fields, which keeps nothing yet."""
    chosen = models_of_consultation.find(request.person, request.GET.get("trame", ""))
    status = 200
    if request.method == "GET":
        initial = {"label": chosen.label, "measures": list(chosen.measures), **chosen.texts} if chosen else {}
        form, rows = WayForm(initial=initial), Rows.of(chosen.asked if chosen else ())
    elif request.POST.get("do"):
        rows = Rows.changed(request.POST, request.POST["do"])
        if request.htmx:
            return render(request, "record/way_fields.html", {"rows": rows})
        form = WayForm(initial=request.POST.dict() | {"measures": request.POST.getlist("measures")})
    else:
        form, rows, status = WayForm(request.POST), Rows.read(request.POST), 422
        if form.is_valid() & rows.is_valid():
            try:
                models_of_consultation.keep(
                    author=request.person,
                    asked=rows.fields(),
                    replaces=chosen.key if chosen and chosen.mine else "",
                    **form.cleaned_data,
                )
                messages.success(request, "Trame gardée.")
                return redirect("record:ways")
            except models_of_consultation.NameTaken as error:
                form.add_error("label", str(error))
    context = {
        "form": form,
        "rows": rows,
        "ways": models_of_consultation.offered(request.person),
        "chosen": chosen,
    }
    return render(request, "record/ways.html", context, status=status)


@requires("record.write")
@require_POST
def remove_way(request: Any) -> HttpResponse:
    """Forget one of one's own; those that ship and those of colleagues stay."""
    if models_of_consultation.remove(author=request.person, key=request.POST.get("trame", "")):
        messages.success(request, "Trame retirée.")
    else:
        messages.error(request, "Seule une trame que vous avez écrite se retire.")
    return redirect("record:ways")
