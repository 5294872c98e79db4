"""The rows of a patient's representatives: each error at its field, an emptied name takes the row away."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.formats import phone
from serment.patients.payloads import Identity, Representative
from serment.patients.representatives import CAPACITIES, MOST


class RepresentativeForm(forms.Form):
    name = forms.CharField(
        label="Nom et prénom",
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    capacity = forms.ChoiceField(
        label="Qualité", choices=[("", "à choisir"), *CAPACITIES.items()], required=False
    )
    phone = forms.CharField(
        label="Téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    ground = forms.CharField(
        label="Pièce vue",
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Livret de famille, jugement et sa date, mandat. Vue, non copiée.",
    )

    def clean_phone(self) -> str:
        text = str(self.cleaned_data.get("phone", "")).strip()
        try:
            return phone.parse_phone(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and not data.get("capacity"):
            self.add_error("capacity", "Dites en quelle qualité cette personne agit.")
        if not data.get("name") and any(data.get(name) for name in ("phone", "ground")) and not self.initial:
            self.add_error("name", "Indiquez son nom.")
        return data


class RepresentativeForms(forms.formset_factory(RepresentativeForm, extra=1, max_num=MOST)):  # type: ignore[misc]
    """``initial``: those of the card; one empty row more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="representant", **kwargs)

    def kept(self) -> list[Representative]:
        """What is to be written, in order."""
        return [Representative(**form.cleaned_data) for form in self if form.cleaned_data.get("name")]


def initial_of(identity: Identity) -> list[dict[str, str]]:
    """What the rows show of a card."""
    return [
        {**one.model_dump(), "phone": phone.display_phone(one.phone) if one.phone else ""}
        for one in identity.representatives
    ]
