"""The main courante's two gestures."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.operations.models import Equipment, Intervention


class OpenForm(forms.ModelForm):
    hours = forms.ChoiceField(
        label="Durée prévue",
        choices=[("1", "1 heure"), ("2", "2 heures"), ("4", "4 heures"), ("8", "une journée")],
    )
    agreed = forms.BooleanField(label="La personne dont le poste est concerné est d’accord")

    class Meta:
        model = Intervention
        fields = ("technician", "company", "equipment", "goal", "remote")


class EquipmentForm(forms.ModelForm):
    class Meta:
        model = Equipment
        fields = (
            "kind",
            "label",
            "serial",
            "encrypted",
            "screen_lock",
            "leaves",
            "updated_on",
            "disposed_on",
            "erasure",
        )
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("updated_on", "disposed_on")
        }

    def clean(self) -> dict[str, Any] | None:
        """Nothing leaves the practice for scrap without the proof that it was erased (P-MAINT-3, E-MAINT-2)."""
        data = super().clean() or {}
        if data.get("disposed_on") and not data.get("erasure") and data.get("kind") != Equipment.Kind.NETWORK:
            self.add_error("erasure", "Dites comment les données ont été effacées avant la mise au rebut.")
        return data


class CloseForm(forms.Form):
    report = forms.CharField(
        label="Ce qui a été fait",
        min_length=5,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Sans donnée de patient.",
    )


class SpareForm(forms.Form):
    secret = forms.CharField(
        label="Mot de passe des feuilles de secours",
        required=False,
        max_length=80,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=(
            "12 caractères au moins, connus de l’équipe et notés au coffre. "
            "Vide\u00a0: plus aucune feuille n’est déposée."
        ),
    )
