"""The form of a number: what it is, picked in a list or typed, its value and unit, the bounds that came with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from pydantic import BaseModel

from serment.formats import ucum
from serment.formats.errors import FormatError
from serment.formats.loinc import parse_loinc
from serment.formats.names import fold
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

    loinc = line_field(
        "Code LOINC", 20, help_text="vient avec la grandeur choisie ; à la main pour toute autre"
    )

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        known = observables.by_loinc(code)
        return (known.loinc, known.label) if known else None

    def clean_loinc(self) -> str:
        """Typed by hand, its check digit is verified; one noted before stays as it is."""
        typed = self.cleaned_data["loinc"].strip()
        if not typed or self.picked or typed == self.initial.get("loinc"):
            return typed
        try:
            return parse_loinc(typed)
        except FormatError as error:
            raise forms.ValidationError(str(error)) from None

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

    def _known(self, label: str, code: str, unit: str) -> observables.Observable | None:
        """What is meant: by its code, or by its name where no code is given."""
        return observables.by_loinc(code) if code else observables.called(label, unit)

    def _check_code(self, data: dict[str, Any], known: observables.Observable | None) -> None:
        """A code typed by hand: that of another quantity is asked about; one that is not listed has a unit of UCUM."""
        code, unit, label = data.get("loinc") or "", data.get("unit") or "", data.get("label") or ""
        if not code or self.picked or code == self.initial.get("loinc"):
            return
        if known is not None:
            if fold(label) not in known.names:
                self.cautions.append(
                    f"Code LOINC\u00a0: {code} est «\u00a0{known.label}\u00a0» dans la liste"
                )
        elif unit and not ucum.is_known(unit):
            self.add_error(
                "unit",
                f"«\u00a0{unit}\u00a0» n’est pas une unité connue (UCUM)\u00a0: avec un code LOINC, il en faut une.",
            )

    def _check_value(self, data: dict[str, Any]) -> None:
        """What cannot be is refused at the value; what is odd is asked about. A quantity named in full has its code."""
        label, value = data.get("label") or "", data.get("value")
        unit = data["unit"] = ucum.written(data.get("unit") or "")
        if (
            not self.picked
            and data.get("loinc") == self.initial.get("loinc")
            and label != self.initial.get("label")
        ):
            data["loinc"] = ""  # the code that went with another name is no longer its own
        known = self._known(label, data.get("loinc") or "", unit)
        self._check_code(data, known)
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
