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
        widgets = {name: forms.Textarea({"rows": 4}) for name in ("history", "examination", "conclusion")}


@requires("record.write")
@require_http_methods(["GET", "POST"])
def ways(request: Any) -> HttpResponse:
    """``trame`` names one to begin from; kept under the same name, it replaces."""
    chosen = models_of_consultation.find(request.person, request.GET.get("trame", ""))
    initial = {"label": chosen.label, "measures": list(chosen.measures), **chosen.texts} if chosen else {}
    form, status = WayForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            models_of_consultation.keep(author=request.person, **form.cleaned_data)
            messages.success(request, "Trame gardée.")
            return redirect("record:ways")
    context = {"form": form, "ways": models_of_consultation.offered(request.person), "chosen": chosen}
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
