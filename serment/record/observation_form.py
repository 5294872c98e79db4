"""The form of a number: what it is, picked in a list or typed, its value and unit, the bounds that came with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from pydantic import BaseModel

from serment.formats import ucum
from serment.record import observables
from serment.record.forms_base import EntryForm, line_field
from serment.record.kinds.observation import Observation


def number_field(label: str, required: bool = True, **more: Any) -> forms.FloatField:
    """A number written with a comma or a point."""
    field = forms.FloatField(label=label, required=required, localize=True, **more)
    field.widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    field.widget.is_localized = True
    return field


class ObservationForm(EntryForm):
    picks = ("loinc", "label")

    label = line_field("Ce qui est mesuré", 120, required=True, min_length=2)
    loinc = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    value = number_field("Valeur")
    unit = line_field("Unité", 40, help_text="laissée vide : l’unité habituelle de la grandeur choisie")
    low = number_field("Borne basse", required=False)
    high = number_field("Borne haute", required=False, help_text="les bornes du laboratoire, s’il en donne")
    taken_on = forms.DateField(
        label="Mesuré le",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="aujourd’hui si la date est vide",
    )

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        known = observables.by_loinc(code)
        return (known.loinc, known.label) if known else None

    def clean_taken_on(self) -> Any:
        day = self.cleaned_data["taken_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir\u00a0: vérifiez-la.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", "La borne haute est sous la borne basse\u00a0: vérifiez les deux.")
        self._check_value(data)
        return data

    def _check_value(self, data: dict[str, Any]) -> None:
        """What cannot be is refused at the value; what is odd is asked about. A quantity named in full has its code."""
        label, value = data.get("label") or "", data.get("value")
        unit = data["unit"] = ucum.written(data.get("unit") or "")
        known = observables.by_loinc(data.get("loinc") or "") or observables.called(label, unit)
        if known is not None:
            unit = data["unit"] = unit or known.unit
            data["loinc"] = known.loinc if known.has_code_in(unit) else ""
        if value is None:
            return
        if known is None:
            self.cautions += observables.odd_unknown(value, unit)
        elif why := known.impossible(value, unit):
            self.add_error("value", why)
        elif why := known.odd(value, unit):
            self.cautions.append(why)

    def payload(self) -> BaseModel:
        kept = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Observation(**kept)
